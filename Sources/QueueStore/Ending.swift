public import JobModel
internal import SQLite

/// What the end of an attempt led to.
public struct Ended: Sendable {
    /// The state of the job now.
    public var state: JobState
    /// Those whose chance to start has changed, the job itself where it waits again.
    public var changed: [JobID]
}

extension QueueStore {
    /// Ends an attempt and its job.
    ///
    /// - Returns: nil where that attempt was not running.
    public func end(
        _ attempt: AttemptID,
        _ outcome: Outcome,
        at now: Timestamp
    ) throws -> Ended? {
        guard try close(attempt, outcome) else { return nil }
        let state = outcome.state == .pending ? .cancelled : outcome.state
        let ended = try db.run(
            """
            UPDATE job SET state = ?3, ended_us = ?4, reason = ?5, exit_code = ?6, signal = ?7,
                cpu_us = ?8, max_rss_bytes = ?9
            WHERE id = ?1 AND state IN ('RUNNING', 'SUSPENDED') AND attempts = ?2
            """,
            .integer(attempt.job.rawValue),
            .int(attempt.number),
            .text(state.rawValue),
            .integer(outcome.endedAt.microseconds),
            .text(outcome.reason.rawValue),
            .int(outcome.exitCode),
            .int(outcome.signal),
            .integer(outcome.cpuMicroseconds),
            .integer(outcome.maxRSSBytes)
        )
        guard ended == 1 else { return nil }
        return Ended(
            state: state,
            changed: try follow(attempt.job, state, wasRunning: true, at: now)
        )
    }

    /// Ends an attempt whose job waits to run again, from a given instant on.
    ///
    /// A job that somebody has asked to cancel meanwhile is cancelled instead.
    ///
    /// - Parameters:
    ///   - begin: not before this instant; nil for at once.
    ///   - isHeld: it waits until somebody releases it (reason JobLaunchFailure).
    ///   - countsAsRestart: whether the job had come to life.
    /// - Returns: nil where that attempt was not running.
    public func putBack(
        _ attempt: AttemptID,
        _ outcome: Outcome,
        begin: Timestamp?,
        isHeld: Bool,
        countsAsRestart: Bool,
        at now: Timestamp
    ) throws -> Ended? {
        let isCancelled = try db.first(
            "SELECT cancelled_by IS NOT NULL FROM job WHERE id = ?1",
            .integer(attempt.job.rawValue)
        ) { $0.bool(0) }
        if isCancelled == true {
            var cancelled = outcome
            cancelled.cause = .cancelled
            return try end(attempt, cancelled, at: now)
        }
        guard try close(attempt, outcome) else { return nil }
        let back = try db.run(
            """
            UPDATE job SET state = 'PENDING', started_us = NULL, restarts = restarts + ?3,
                begin_us = ?4, held = ?5, eligible_us = CASE WHEN ?5 THEN NULL ELSE ?6 END,
                reason = CASE WHEN ?5 THEN 'JobLaunchFailure' END
            WHERE id = ?1 AND state IN ('RUNNING', 'SUSPENDED') AND attempts = ?2
            """,
            .integer(attempt.job.rawValue),
            .int(attempt.number),
            .int(countsAsRestart ? 1 : 0),
            .optional(begin?.microseconds),
            .bool(isHeld),
            .integer(now.microseconds)
        )
        guard back == 1 else { return nil }
        try db.run(
            """
            UPDATE job SET running = running - 1
            WHERE id = (SELECT array_id FROM job WHERE id = ?1 AND task_index IS NOT NULL)
            """,
            .integer(attempt.job.rawValue)
        )
        return Ended(state: .pending, changed: [attempt.job])
    }

    /// The causes of a job's last attempts that are over, in a row, of which none came to life.
    public func lifelessAttempts(of job: JobID) throws -> [Outcome.Cause] {
        var causes: [Outcome.Cause] = []
        var isInARow = true
        try db.query(
            """
            SELECT cause FROM attempt WHERE job = ?1 AND ended_us IS NOT NULL
            ORDER BY number DESC
            """,
            .integer(job.rawValue)
        ) { row in
            let cause = Outcome.Cause(rawValue: row.text(0))
            if isInARow, let cause, cause == .neverStarted || cause == .cutOff {
                causes.append(cause)
            } else {
                isInARow = false
            }
        }
        return causes
    }

    private func close(_ attempt: AttemptID, _ outcome: Outcome) throws -> Bool {
        try db.run(
            """
            UPDATE attempt SET ended_us = ?3,
                suspended_us = suspended_us + coalesce(max(0, ?3 - stopped_us), 0),
                stopped_us = NULL, cause = ?4, exit_code = ?5, signal = ?6, cpu_us = ?7,
                max_rss_bytes = ?8, message = ?9
            WHERE job = ?1 AND number = ?2 AND ended_us IS NULL
            """,
            .integer(attempt.job.rawValue),
            .int(attempt.number),
            .integer(outcome.endedAt.microseconds),
            .text(outcome.cause.rawValue),
            .int(outcome.exitCode),
            .int(outcome.signal),
            .integer(outcome.cpuMicroseconds),
            .integer(outcome.maxRSSBytes),
            .optional(outcome.message.isEmpty ? nil : outcome.message)
        ) == 1
    }

    /// What follows from a job's end: its array's counters, and those who waited.
    ///
    /// - Parameter tasks: of a set that was cancelled, those that it stood for.
    func follow(
        _ job: JobID,
        _ state: JobState,
        wasRunning: Bool,
        tasks: ArrayIndexSet? = nil,
        at now: Timestamp
    ) throws -> [JobID] {
        let place = try db.first(
            "SELECT array_id, task_index FROM job WHERE id = ?1",
            .integer(job.rawValue)
        ) { (array: $0.optionalInteger(0), index: $0.optionalInteger(1)) }
        guard let array = place?.array.map(JobID.init(rawValue:)) else {
            return try settle(job, at: now)
        }
        let ended = place?.index.map { ArrayIndexSet(Int($0)) } ?? tasks ?? ArrayIndexSet()
        if array != job {
            try db.run(
                """
                UPDATE job SET running = running - ?2, succeeded = succeeded + ?3,
                    failed = failed + ?4
                WHERE id = ?1
                """,
                .integer(array.rawValue),
                .int(wasRunning ? 1 : 0),
                .int(state == .completed ? ended.count : 0),
                .int(state == .completed ? 0 : ended.count)
            )
            try endArray(array, at: now)
        }
        return try settle(ended, of: array, at: now) + settle(array, at: now)
    }

    /// Ends an array's own row once all of its tasks are over.
    func endArray(_ array: JobID, at now: Timestamp) throws {
        try db.run(
            """
            UPDATE job SET state = CASE WHEN failed = 0 THEN 'COMPLETED' ELSE 'FAILED' END,
                ended_us = ?2
            WHERE id = ?1 AND state = 'RUNNING' AND succeeded + failed = total
            """,
            .integer(array.rawValue),
            .integer(now.microseconds)
        )
    }
}

extension QueueStore {
    /// How a job or an array ended, the exit status of an array being the highest of its tasks';
    /// nil while it has not.
    ///
    /// - Throws: ``QueueError/unknownJob(_:)``.
    public func end(of job: JobID) throws -> (state: JobState, exitCode: Int)? {
        let found = try db.first(
            """
            SELECT state, CASE WHEN ended_us IS NULL THEN 0 WHEN array_id = id
                THEN (SELECT coalesce(max(exit_code), 0) FROM job WHERE array_id = ?1)
                ELSE coalesce(exit_code, 0) END
            FROM job WHERE id = ?1
            """,
            .integer(job.rawValue)
        ) { (state: JobState(rawValue: $0.text(0)) ?? .pending, exitCode: Int($0.integer(1))) }
        guard let found else { throw QueueError.unknownJob(JobReference(id: job)) }
        return found.state.isEnded ? found : nil
    }
}
