public import JobModel
internal import SQLite

extension QueueStore {
    /// The priority of a job whose user gave none and no nice value.
    public static let defaultPriority: Int64 = 100_000

    /// Puts a job in the queue; it is on the disk when this returns.
    ///
    /// - Returns: the id of the job, for an array that of the whole.
    /// - Throws: ``QueueError/impossible(_:)`` where the machine could never run it,
    ///   ``QueueError/unknownJob(_:)`` where it waits for a job that there has never been.
    public func submit(_ job: JobDescription, at now: Timestamp) throws -> JobID {
        try write {
            let facts = try machineFacts(withGPUs: job.request.gpus != nil)
            if let shortage = facts?.shortage(for: job.request) {
                throw QueueError.impossible(shortage)
            }
            let waits = try judge(job.dependency, of: job, at: now)
            let id = try insert(job, spec: insertSpec(of: job), waits: waits, at: now)
            if let indices = job.array {
                try db.run("UPDATE job SET array_id = id WHERE id = ?1", .integer(id.rawValue))
                try setRanges(indices, of: id)
            }
            for wait in waits.rows { try insert(wait, of: id) }
            try settleEarlier(waits, of: job, at: now)
            try note(.submit, id, by: job.uid, at: now)
            return id
        }
    }

    private func insertSpec(of job: JobDescription) throws -> Int64 {
        let script: Int64?
        let arguments: [ByteString]
        switch job.payload {
        case .script(let content, let words):
            script = try blob(content.bytes)
            arguments = words
        case .command(let path, let words):
            script = nil
            arguments = [path] + words
        }
        try db.run(
            """
            INSERT INTO spec (script, arguments, environment, limits, work_dir, input, output,
                error, append, umask, comment, array)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """,
            .optional(script),
            .integer(try blob(ByteList.encode(arguments))),
            .integer(try blob(ByteList.encode(job.environment))),
            .integer(try blob(LimitList.encode(job.limits))),
            .blob(job.workDirectory.bytes),
            .optional(job.inputPattern?.bytes),
            .optional(job.outputPattern?.bytes),
            .optional(job.errorPattern?.bytes),
            .bool(job.appendsOutput),
            .int(job.umask),
            .optional(job.comment?.bytes),
            .optional(job.array?.description)
        )
        return db.lastInsertRowID
    }

    private func insert(
        _ job: JobDescription,
        spec: Int64,
        waits: Waits,
        at now: Timestamp
    ) throws -> JobID {
        let (size, basis) = StoredMemory.columns(of: job.request.memory)
        let isReady = !job.isHeld && waits.unmet == 0
        try db.run(
            """
            INSERT INTO job (state, priority, uid, gid, name, reason, held, tasks, cpus_per_task,
                memory_bytes, memory_per, gpus, gpu_type, one_thread, limit_s, nice, requeue,
                submitted_us, eligible_us, begin_us, unmet, unmet_any, throttle, total, spec,
                gpu_memory_bytes)
            VALUES ('PENDING', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
                ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)
            """,
            .integer((job.priority ?? Self.defaultPriority) &- job.nice),
            .int(job.uid),
            .int(job.gid),
            .blob(job.name.bytes),
            .optional(
                job.isHeld
                    ? Reason.jobHeldUser.rawValue
                    : waits.isHopeless ? Reason.dependencyNeverSatisfied.rawValue : nil
            ),
            .bool(job.isHeld),
            .optional(job.request.tasks.map(Int64.init)),
            .optional(job.request.cpusPerTask.map(Int64.init)),
            .optional(size),
            .optional(basis),
            .int(job.request.gpus?.count ?? 0),
            .optional(job.request.gpus?.type),
            .bool(job.request.oneThreadPerCore),
            StoredTimeLimit.value(of: job.timeLimit),
            .integer(job.nice),
            job.allowsRequeue.map { .bool($0) } ?? .null,
            .integer(now.microseconds),
            .optional(isReady ? now.microseconds : nil),
            .optional(waits.begin?.microseconds),
            .int(waits.unmet),
            .bool(job.dependency?.combination == .any),
            .optional(job.arrayThrottle.map(Int64.init)),
            .int(job.array?.count ?? 1),
            .integer(spec),
            .optional(job.request.gpus?.memory?.bytes)
        )
        return JobID(rawValue: db.lastInsertRowID)
    }
}

/// Resource limits as one blob: for each the number, the soft and the hard limit, 8 bytes each, the
/// lowest first.
enum LimitList {
    static func encode(_ limits: [JobDescription.ResourceLimit]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(limits.count * 24)
        for limit in limits {
            for number in [UInt64(limit.resource), limit.soft, limit.hard] {
                for shift in 0..<8 {
                    bytes.append(UInt8(truncatingIfNeeded: number >> (shift * 8)))
                }
            }
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [JobDescription.ResourceLimit] {
        func number(at offset: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
        }
        return stride(from: 0, to: bytes.count - 23, by: 24).map { offset in
            JobDescription.ResourceLimit(
                resource: Int32(truncatingIfNeeded: number(at: offset)),
                soft: number(at: offset + 8),
                hard: number(at: offset + 16)
            )
        }
    }
}

/// How a request for memory stands in the columns `memory_bytes` and `memory_per`.
enum StoredMemory {
    static func columns(of request: MemoryRequest?) -> (size: Int64?, basis: String?) {
        switch request {
        case nil: (nil, nil)
        case .perNode(let size): (size.bytes, "node")
        case .perCPU(let size): (size.bytes, "cpu")
        case .all: (0, "all")
        }
    }

    static func request(size: Int64, basis: String?) -> MemoryRequest? {
        switch basis {
        case "node": .perNode(MemorySize(bytes: size))
        case "cpu": .perCPU(MemorySize(bytes: size))
        case "all": .all
        default: nil
        }
    }
}

/// How a time limit stands in the column `limit_s`: 0 for none, null where nothing was said.
enum StoredTimeLimit {
    static func value(of limit: TimeLimit?) -> Value {
        switch limit {
        case nil: .null
        case .unlimited: .integer(0)
        case .seconds(let seconds): .integer(seconds)
        }
    }

    static func limit(_ seconds: Int64?) -> TimeLimit? {
        seconds.map { $0 == 0 ? .unlimited : .seconds($0) }
    }
}
