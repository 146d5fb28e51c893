public import JobModel
internal import SQLite

/// A job that waits, as `schedd` looks at it.
public struct WaitingJob: Sendable {
    /// The job, the array's task, or the set of tasks.
    public var id: JobID
    /// The array that it belongs to; nil for a single job.
    public var array: JobID?
    /// The user.
    public var uid: UInt32
    /// The name as given.
    public var name: ByteString
    /// Higher goes first.
    public var priority: Int64
    /// When it was submitted.
    public var submitted: Timestamp
    /// What it asks for.
    public var request: ResourceRequest
    /// How long it may run.
    public var timeLimit: TimeLimit?
    /// How many tasks of it wait; 1 for a single job.
    public var count: Int
    /// How many tasks of the array may run at once.
    public var throttle: Int?
    /// Not before this instant.
    public var begin: Timestamp?
    /// Whether nothing but resources keeps it from starting: not held, waits for no other job.
    public var isFree: Bool
    /// Whether it may run again by itself; nil for the configuration's default.
    public var allowsRequeue: Bool?
}

/// An attempt that holds an allocation, as `schedd` looks at it.
public struct RunningJob: Sendable {
    /// The attempt.
    public var attempt: AttemptID
    /// The array that it belongs to.
    public var array: JobID?
    /// The user.
    public var uid: UInt32
    /// The name as given.
    public var name: ByteString
    /// What it holds.
    public var allocation: Allocation
    /// The boot identity of its claim.
    public var boot: String
    /// When it was claimed.
    public var claimed: Timestamp
    /// The microseconds since then in which it stood still.
    public var suspendedMicroseconds: Int64
    /// Since when it stands still; nil while it runs.
    public var stopped: Timestamp?
    /// The run time that was expected of it, in seconds; nil where nobody knew.
    public var predicted: Int64?
    /// When it was submitted.
    public var submitted: Timestamp
    /// Higher goes first.
    public var priority: Int64
    /// What it asked for.
    public var request: ResourceRequest
    /// How long it may run.
    public var timeLimit: TimeLimit?
    /// Whether it may run again by itself; nil for the configuration's default.
    public var allowsRequeue: Bool?
}

extension QueueStore {
    /// A job as it waits; nil where it does not.
    public func waitingJob(_ id: JobID) throws -> WaitingJob? {
        try db.first("SELECT * FROM job WHERE id = ?1 AND state = 'PENDING'", .integer(id.rawValue))
        {
            try waiting($0)
        } ?? nil
    }

    /// Every job that waits, in order of priority.
    public func forEachWaitingJob(_ body: (WaitingJob) throws -> Void) throws {
        try db.query(
            "SELECT * FROM job WHERE state = 'PENDING' ORDER BY priority DESC, id"
        ) { row in
            if let job = try waiting(row) { try body(job) }
        }
    }

    /// Every attempt that holds an allocation.
    public func runningJobs() throws -> [RunningJob] {
        var jobs: [RunningJob] = []
        try db.query(
            """
            SELECT job.*, a.allocation, a.boot, a.claimed_us, a.suspended_us, a.stopped_us,
                a.predicted_s
            FROM job JOIN attempt a ON a.job = job.id AND a.number = job.attempts
            WHERE state IN ('RUNNING', 'SUSPENDED') AND a.ended_us IS NULL
            """
        ) { row in
            let extra = Int32(JobColumn.allCases.count)
            let text = row.text(extra)
            guard let allocation = try? Allocation(parsing: ByteString(text)) else {
                throw QueueError.damaged("the allocation '\(text)'")
            }
            jobs.append(
                RunningJob(
                    attempt: AttemptID(
                        job: row.jobID(.id),
                        number: Int(row.integer(.attempts))
                    ),
                    array: row.optionalInteger(.array_id).map(JobID.init(rawValue:)),
                    uid: UInt32(row.integer(.uid)),
                    name: ByteString(row.bytes(.name)),
                    allocation: allocation,
                    boot: row.text(extra + 1),
                    claimed: Timestamp(microseconds: row.integer(extra + 2)),
                    suspendedMicroseconds: row.integer(extra + 3),
                    stopped: row.optionalInteger(extra + 4).map(Timestamp.init(microseconds:)),
                    predicted: row.optionalInteger(extra + 5),
                    submitted: Timestamp(microseconds: row.integer(.submitted_us)),
                    priority: row.integer(.priority),
                    request: row.request,
                    timeLimit: row.timeLimit,
                    allowsRequeue: row.optionalInteger(.requeue).map { $0 != 0 }
                )
            )
        }
        return jobs
    }

    private func waiting(_ row: Row) throws -> WaitingJob? {
        let id = row.jobID(.id)
        let array = row.optionalInteger(.array_id).map(JobID.init(rawValue:))
        let isSet = array != nil && row.isNull(JobColumn.task_index.rawValue)
        let count = isSet ? try ranges(of: id).count : 1
        guard count > 0 else { return nil }
        var throttle = row.optionalInteger(.throttle).map { Int($0) }
        if let array, array != id {
            throttle =
                try db.first("SELECT throttle FROM job WHERE id = ?1", .integer(array.rawValue)) {
                    $0.optionalInteger(0).map { Int($0) }
                } ?? nil
        }
        return WaitingJob(
            id: id,
            array: array,
            uid: UInt32(row.integer(.uid)),
            name: ByteString(row.bytes(.name)),
            priority: row.integer(.priority),
            submitted: Timestamp(microseconds: row.integer(.submitted_us)),
            request: row.request,
            timeLimit: row.timeLimit,
            count: count,
            throttle: throttle,
            begin: row.optionalInteger(.begin_us).map { Timestamp(microseconds: $0) },
            isFree: row.integer(.held) == 0 && row.integer(.unmet) == 0,
            allowsRequeue: row.optionalInteger(.requeue).map { $0 != 0 }
        )
    }
}

extension Row {
    func integer(_ column: JobColumn) -> Int64 { integer(column.rawValue) }
    func optionalInteger(_ column: JobColumn) -> Int64? { optionalInteger(column.rawValue) }
    func text(_ column: JobColumn) -> String { text(column.rawValue) }
    func bytes(_ column: JobColumn) -> [UInt8] { bytes(column.rawValue) }
    func jobID(_ column: JobColumn) -> JobID { JobID(rawValue: integer(column)) }
    func time(_ column: JobColumn) -> Timestamp? {
        optionalInteger(column).map { Timestamp(microseconds: $0) }
    }

    var timeLimit: TimeLimit? { StoredTimeLimit.limit(optionalInteger(.limit_s)) }

    var request: ResourceRequest {
        let gpus = Int(integer(.gpus))
        return ResourceRequest(
            tasks: optionalInteger(.tasks).map { Int($0) },
            cpusPerTask: optionalInteger(.cpus_per_task).map { Int($0) },
            memory: isNull(JobColumn.memory_per.rawValue)
                ? nil
                : StoredMemory.request(size: integer(.memory_bytes), basis: text(.memory_per)),
            gpus: gpus == 0
                ? nil
                : GPURequest(
                    count: gpus,
                    type: optionalText(JobColumn.gpu_type.rawValue),
                    memory: optionalInteger(.gpu_memory_bytes).map { MemorySize(bytes: $0) }
                ),
            oneThreadPerCore: bool(JobColumn.one_thread.rawValue)
        )
    }
}
