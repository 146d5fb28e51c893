public import JobModel
internal import SQLite

/// A claim that is in the queue: this attempt holds its allocation and may be launched.
public struct Claimed: Sendable {
    /// The attempt; for an array, of the task's own job.
    public var attempt: AttemptID
    /// The array that the task belongs to; nil for a single job.
    public var array: JobID?
    /// The task's index.
    public var taskIndex: Int?
    /// Where ``QueueStore/launchMaterial(_:)`` finds what is to be run.
    public var spec: Int64
    /// The user.
    public var uid: UInt32
    /// The job's name.
    public var name: ByteString
    /// How often it was started before.
    public var restarts: Int
    /// Those who waited for its start.
    public var changed: [JobID]
}

extension QueueStore {
    /// Gives a pending job, or the next waiting task of an array, its allocation.
    ///
    /// - Parameter predicted: the run time that was expected of it, in seconds.
    /// - Returns: nil where the job is not waiting any more, or may not start now.
    public func claim(
        _ job: JobID,
        _ allocation: Allocation,
        boot: String,
        predicted: Int64? = nil,
        at now: Timestamp
    ) throws -> Claimed? {
        let kind = try db.first(
            """
            SELECT array_id, task_index FROM job
            WHERE id = ?1 AND state = 'PENDING' AND held = 0 AND unmet = 0
            """,
            .integer(job.rawValue)
        ) { (array: $0.optionalInteger(0), index: $0.optionalInteger(1)) }
        guard let kind else { return nil }
        let own: JobID
        if let array = kind.array, kind.index == nil {
            guard let task = try startTask(of: job, at: now) else { return nil }
            own = task
            try db.run(
                """
                UPDATE job SET running = running + 1, started_us = coalesce(started_us, ?2)
                WHERE id = ?1
                """,
                .integer(array),
                .integer(now.microseconds)
            )
        } else {
            own = job
            let claimed = try db.run(
                """
                UPDATE job SET state = 'RUNNING', started_us = ?2, attempts = attempts + 1,
                    reason = NULL
                WHERE id = ?1 AND state = 'PENDING'
                """,
                .integer(job.rawValue),
                .integer(now.microseconds)
            )
            guard claimed == 1 else { return nil }
            if let array = kind.array {
                try db.run(
                    "UPDATE job SET running = running + 1 WHERE id = ?1",
                    .integer(array)
                )
            }
        }
        return try finishClaim(own, allocation, boot: boot, predicted: predicted, at: now)
    }

    private func finishClaim(
        _ job: JobID,
        _ allocation: Allocation,
        boot: String,
        predicted: Int64?,
        at now: Timestamp
    ) throws -> Claimed? {
        var claimed = try db.first(
            """
            SELECT attempts, array_id, task_index, spec, uid, name, restarts FROM job
            WHERE id = ?1
            """,
            .integer(job.rawValue)
        ) { row in
            Claimed(
                attempt: AttemptID(job: job, number: Int(row.integer(0))),
                array: row.optionalInteger(1).map(JobID.init(rawValue:)),
                taskIndex: row.optionalInteger(2).map { Int($0) },
                spec: row.integer(3),
                uid: UInt32(row.integer(4)),
                name: ByteString(row.bytes(5)),
                restarts: Int(row.integer(6)),
                changed: []
            )
        }
        guard let attempt = claimed?.attempt else { return nil }
        try db.run(
            """
            INSERT INTO attempt (job, number, allocation, boot, claimed_us, predicted_s)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """,
            .integer(job.rawValue),
            .int(attempt.number),
            .text(allocation.description),
            .text(boot),
            .integer(now.microseconds),
            .optional(predicted)
        )
        var changed: [JobID] = []
        if let array = claimed?.array, let index = claimed?.taskIndex {
            changed = try settle(array, index: index, at: now) + settle(array, at: now)
        } else {
            changed = try settle(job, at: now)
        }
        claimed?.changed = changed
        return claimed
    }

    /// Gives the next waiting index of a set a running job of its own.
    private func startTask(of set: JobID, at now: Timestamp) throws -> JobID? {
        guard let (index, isLast) = try takeFirstIndex(of: set) else { return nil }
        try db.run(
            """
            INSERT INTO job (state, priority, array_id, task_index, uid, gid, name, held,
                tasks, cpus_per_task, memory_bytes, memory_per, gpus, gpu_type, one_thread,
                limit_s, nice, requeue, submitted_us, eligible_us, begin_us, unmet, unmet_any,
                attempts, started_us, spec, gpu_memory_bytes)
            SELECT 'RUNNING', priority, array_id, ?2, uid, gid, name, 0,
                tasks, cpus_per_task, memory_bytes, memory_per, gpus, gpu_type, one_thread,
                limit_s, nice, requeue, submitted_us, eligible_us, begin_us, 0, 0, 1, ?3, spec,
                gpu_memory_bytes
            FROM job WHERE id = ?1
            """,
            .integer(set.rawValue),
            .int(index),
            .integer(now.microseconds)
        )
        let task = JobID(rawValue: db.lastInsertRowID)
        if isLast { try leavePending(set) }
        return task
    }
}
