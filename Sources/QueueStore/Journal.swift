public import JobModel
internal import SQLite

/// What a tool did, as it stands in the journal.
public enum JournalVerb: String, Sendable {
    /// A job was submitted.
    case submit
    /// A job is to end.
    case cancel
    /// A signal is to be sent; the argument is its number.
    case signal
    /// A job must not start.
    case hold
    /// A job may start again.
    case release
    /// A job is to run again.
    case requeue
    /// A job is to stand still.
    case suspend
    /// A job is to go on; the argument is the CPUs that it goes on with.
    case resume
}

/// One entry of the journal: the change feed of `schedd`, its orders, and the audit trail.
public struct JournalEntry: Sendable {
    /// Its place: later entries have higher numbers.
    public let sequence: Int64
    /// The job that it is about; an array's task or set by its own id.
    public let job: JobID
    /// What was done.
    public let verb: JournalVerb
    /// The attempt that an order is for, the one that ran when it was given; nil for none.
    public let attempt: Int?
    /// What belongs to the verb.
    public let argument: String?
    /// Who did it.
    public let uid: UInt32
}

extension QueueStore {
    /// Appends to the journal; within the transaction that it tells of.
    ///
    /// - Parameter attempt: the one that an order is for: it may be over before `schedd` reads of
    ///   it, and the next one is not to have it.
    func note(
        _ verb: JournalVerb,
        _ job: JobID,
        of attempt: Int? = nil,
        argument: String? = nil,
        by uid: UInt32,
        at now: Timestamp
    ) throws {
        try db.run(
            "INSERT INTO journal (job, verb, argument, uid, at_us) VALUES (?1, ?2, ?3, ?4, ?5)",
            .integer(job.rawValue),
            .text(verb.rawValue),
            .optional(attempt.map { "\($0):\(argument ?? "")" } ?? argument),
            .int(uid),
            .integer(now.microseconds)
        )
    }

    /// Takes apart what ``note(_:_:of:argument:by:at:)`` has put in one column; earlier versions
    /// named no attempt.
    private static func parts(of text: String?) -> (attempt: Int?, argument: String?) {
        let parts = text?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let parts, parts.count == 2, let attempt = Int(parts[0]) else { return (nil, text) }
        return (attempt, parts[1].isEmpty ? nil : String(parts[1]))
    }

    /// The entries beyond a place, oldest first, so many at the most.
    public func journal(after sequence: Int64, limit: Int = 1000) throws -> [JournalEntry] {
        var entries: [JournalEntry] = []
        try db.query(
            """
            SELECT seq, job, verb, argument, uid FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2
            """,
            .integer(sequence),
            .int(limit)
        ) { row in
            guard let verb = JournalVerb(rawValue: row.text(2)) else { return }
            let (attempt, argument) = Self.parts(of: row.optionalText(3))
            entries.append(
                JournalEntry(
                    sequence: row.integer(0),
                    job: JobID(rawValue: row.integer(1)),
                    verb: verb,
                    attempt: attempt,
                    argument: argument,
                    uid: UInt32(row.integer(4))
                )
            )
        }
        return entries
    }

    /// The place up to which `schedd` has carried the journal out.
    public func appliedSequence() throws -> Int64 {
        try number("applied_sequence") ?? 0
    }

    /// Notes that place; within a write transaction.
    public func setAppliedSequence(_ sequence: Int64) throws {
        try setNumber("applied_sequence", sequence)
    }
}
