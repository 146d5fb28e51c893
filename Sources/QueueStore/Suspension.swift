public import JobModel
internal import SQLite

// Within a write transaction, all of them.
extension QueueStore {
    /// Asks for a running attempt to be suspended.
    ///
    /// - Returns: the number of the order, which is its entry's place in the journal.
    public func askToSuspend(
        _ attempt: AttemptID,
        by uid: UInt32,
        at now: Timestamp
    ) throws -> Int64 {
        try note(.suspend, attempt.job, of: attempt.number, by: uid, at: now)
        return db.lastInsertRowID
    }

    /// Asks for a running attempt to be ended and to wait for another run.
    public func askToRequeue(_ attempt: AttemptID, by uid: UInt32, at now: Timestamp) throws {
        try note(.requeue, attempt.job, of: attempt.number, by: uid, at: now)
    }

    /// Takes note that an attempt stands still and that its CPUs are another's.
    ///
    /// - Returns: whether it was running.
    public func suspend(_ attempt: AttemptID, at now: Timestamp) throws -> Bool {
        guard try change(attempt, from: .running, to: .suspended) else { return false }
        try db.run(
            "UPDATE attempt SET stopped_us = ?3 WHERE job = ?1 AND number = ?2",
            .integer(attempt.job.rawValue),
            .int(attempt.number),
            .integer(now.microseconds)
        )
        return true
    }

    /// Gives a suspended attempt an allocation again, and asks for it to be resumed there.
    ///
    /// - Parameter mask: the CPUs that it is to run on.
    /// - Returns: whether it was suspended.
    public func resume(
        _ attempt: AttemptID,
        _ allocation: Allocation,
        mask: CPUSet,
        by uid: UInt32,
        at now: Timestamp
    ) throws -> Bool {
        guard try change(attempt, from: .suspended, to: .running) else { return false }
        try db.run(
            """
            UPDATE attempt SET allocation = ?3,
                suspended_us = suspended_us + coalesce(max(0, ?4 - stopped_us), 0),
                stopped_us = NULL
            WHERE job = ?1 AND number = ?2
            """,
            .integer(attempt.job.rawValue),
            .int(attempt.number),
            .text(allocation.description),
            .integer(now.microseconds)
        )
        let number = attempt.number
        try note(.resume, attempt.job, of: number, argument: "\(mask)", by: uid, at: now)
        return true
    }

    private func change(
        _ attempt: AttemptID,
        from old: JobState,
        to new: JobState
    ) throws -> Bool {
        try db.run(
            "UPDATE job SET state = ?4 WHERE id = ?1 AND attempts = ?2 AND state = ?3",
            .integer(attempt.job.rawValue),
            .int(attempt.number),
            .text(old.rawValue),
            .text(new.rawValue)
        ) == 1
    }
}
