public import JobModel
internal import SQLite

/// A run that is over, as far as it tells how long others will take.
public struct PastRun: Equatable, Sendable {
    /// The user.
    public var uid: UInt32
    /// The job's name as given.
    public var name: ByteString
    /// How long it ran, in whole seconds, rounded down, without the time in which it stood still.
    public var seconds: Int64
    /// Whether it ended with another exit status than 0, or by a signal.
    public var hasFailed: Bool

    /// A run that is over.
    public init(uid: UInt32, name: ByteString, seconds: Int64, hasFailed: Bool) {
        self.uid = uid
        self.name = name
        self.seconds = seconds
        self.hasFailed = hasFailed
    }
}

extension QueueStore {
    /// The last runs that came to an end of their own or reached their limit, so many at the most,
    /// in the order of their ends.
    public func pastRuns(limit: Int) throws -> [PastRun] {
        var runs: [PastRun] = []
        try db.query(
            """
            SELECT uid, name, (a.ended_us - a.claimed_us - a.suspended_us) / 1000000,
                state = 'FAILED'
            FROM (SELECT id, uid, name, attempts, state FROM job
                WHERE ended_us IS NOT NULL AND state IN ('COMPLETED', 'FAILED', 'TIMEOUT')
                    AND (array_id IS NULL OR task_index IS NOT NULL)
                ORDER BY ended_us DESC LIMIT ?1) j
            JOIN attempt a ON a.job = j.id AND a.number = j.attempts
            ORDER BY a.ended_us DESC
            """,
            .int(limit)
        ) { row in
            runs.append(
                PastRun(
                    uid: UInt32(row.integer(0)),
                    name: ByteString(row.bytes(1)),
                    seconds: max(0, row.integer(2)),
                    hasFailed: row.bool(3)
                )
            )
        }
        return runs.reversed()
    }
}
