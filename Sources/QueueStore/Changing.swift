public import JobModel
internal import SQLite

/// What came of a wish for one job.
public enum ChangeResult: Equatable, Sendable {
    /// It is done.
    case done
    /// `schedd` has been asked to do it to a running job.
    case requested
    /// The job's state does not allow it.
    case refused(found: JobState)
}

/// One row of the queue that a reference stands for.
struct Target {
    var id: JobID
    var state: JobState
    var array: JobID?
    var taskIndex: Int?
    var uid: UInt32
    /// The attempt that runs, or ran last; 0 before the first.
    var attempt: Int

    var isSet: Bool { array != nil && taskIndex == nil }
    var isMain: Bool { array == id }

    /// Whether it stands for tasks: an array's own row may have none of its own any more.
    var hasTasks: Bool { !isSet || state == .pending || state == .cancelled }
}

extension QueueStore {
    /// Cancels what is meant: what waits is CANCELLED when this returns, what runs is ended by
    /// `schedd`.
    ///
    /// - Returns: a result for each row that is meant and not over; empty where all are over.
    public func cancel(
        _ reference: JobReference,
        by uid: UInt32,
        at now: Timestamp
    ) throws -> [ChangeResult] {
        try write { try end(reference, by: uid, at: now) }
    }

    /// Cancels every job that a filter admits and that is not over, all in one transaction: none of
    /// them changes its state in between.
    ///
    /// - Parameter body: is told of each, with what came of it.
    /// - Returns: the references of the filter that stand for no job that there has ever been.
    public func cancel(
        _ filter: JobFilter,
        by uid: UInt32,
        at now: Timestamp,
        _ body: (JobReference, [ChangeResult]) throws -> Void
    ) throws -> [JobReference] {
        try write {
            let (open, unknown) = try openJobs(filter)
            for job in open { try body(job.shown, end(job.meant, by: uid, at: now)) }
            return unknown
        }
    }

    private func end(
        _ reference: JobReference,
        by uid: UInt32,
        at now: Timestamp
    ) throws -> [ChangeResult] {
        try targets(of: reference).compactMap { target, part in
            switch target.state {
            case .pending:
                try cancelWaiting(target, part, by: uid, at: now)
                return .done
            case .running where target.isSet: return nil
            case .running, .suspended:
                try db.run(
                    "UPDATE job SET cancelled_by = ?2 WHERE id = ?1",
                    .integer(target.id.rawValue),
                    .int(uid)
                )
                try note(.cancel, target.id, of: target.attempt, by: uid, at: now)
                return .requested
            default: return nil
            }
        }
    }

    /// What a filter admits that is not over; of a set, its waiting tasks alone.
    ///
    /// A task is meant by the id of its own row, which is found at once however large its array is,
    /// and shown as the array's task.
    private func openJobs(
        _ filter: JobFilter
    ) throws -> (open: [(meant: JobReference, shown: JobReference)], unknown: [JobReference]) {
        var open: [(meant: JobReference, shown: JobReference)] = []
        let unknown = try visit(filter) { job in
            guard !job.state.isEnded else { return }
            let own = JobReference(id: job.id)
            guard let array = job.array else { return open.append((own, own)) }
            if let index = job.taskIndex {
                open.append((own, JobReference(id: array, tasks: ArrayIndexSet(index))))
            } else {
                let tasks = JobReference(id: array, tasks: job.waiting)
                open.append((tasks, tasks))
            }
        }
        return (open, unknown)
    }

    /// Asks for a signal to what runs.
    public func signal(
        _ reference: JobReference,
        _ signal: Int32,
        by uid: UInt32,
        at now: Timestamp
    ) throws -> [ChangeResult] {
        try write { try order(signal, to: reference, by: uid, at: now) }
    }

    /// Asks for a signal to every job that a filter admits and that runs.
    ///
    /// - Parameter body: is told of each that is not over, with what came of it.
    /// - Returns: the references of the filter that stand for no job that there has ever been.
    public func signal(
        _ filter: JobFilter,
        _ signal: Int32,
        by uid: UInt32,
        at now: Timestamp,
        _ body: (JobReference, [ChangeResult]) throws -> Void
    ) throws -> [JobReference] {
        try write {
            let (open, unknown) = try openJobs(filter)
            for job in open {
                try body(job.shown, order(signal, to: job.meant, by: uid, at: now))
            }
            return unknown
        }
    }

    private func order(
        _ signal: Int32,
        to reference: JobReference,
        by uid: UInt32,
        at now: Timestamp
    ) throws -> [ChangeResult] {
        try targets(of: reference).compactMap { target, _ in
            guard target.hasTasks else { return nil }
            guard target.state.isAlive else { return .refused(found: target.state) }
            let number = String(signal)
            try note(.signal, target.id, of: target.attempt, argument: number, by: uid, at: now)
            return .requested
        }
    }

    /// Keeps what waits from starting.
    public func hold(
        _ reference: JobReference,
        by uid: UInt32,
        at now: Timestamp
    ) throws -> [ChangeResult] {
        try change(reference, at: now) { id, owner in
            let reason: Reason = uid == owner ? .jobHeldUser : .jobHeldAdmin
            try db.run(
                "UPDATE job SET held = 1, reason = ?2, eligible_us = NULL WHERE id = ?1",
                .integer(id.rawValue),
                .text(reason.rawValue)
            )
            try note(.hold, id, by: uid, at: now)
        }
    }

    /// Lets what is held start again.
    public func release(
        _ reference: JobReference,
        by uid: UInt32,
        at now: Timestamp
    ) throws -> [ChangeResult] {
        try change(reference, at: now) { id, _ in
            try db.run(
                """
                UPDATE job SET held = 0,
                    begin_us = CASE WHEN reason = 'JobLaunchFailure' THEN NULL ELSE begin_us END,
                    eligible_us = CASE WHEN unmet = 0 THEN ?2 END,
                    reason = CASE WHEN unmet > 0 AND EXISTS (
                        SELECT 1 FROM dependency WHERE job = ?1 AND failed = 1)
                        AND (unmet_any = 0 OR NOT EXISTS (
                            SELECT 1 FROM dependency WHERE job = ?1 AND failed = 0))
                        THEN 'DependencyNeverSatisfied' END
                WHERE id = ?1 AND held = 1
                """,
                .integer(id.rawValue),
                .integer(now.microseconds)
            )
            try note(.release, id, by: uid, at: now)
        }
    }

    /// Has what runs ended and started anew, and what is over wait again.
    public func requeue(
        _ reference: JobReference,
        by uid: UInt32,
        at now: Timestamp
    ) throws -> [ChangeResult] {
        try write {
            try targets(of: reference).compactMap { target, part in
                guard target.hasTasks else { return nil }
                if target.state == .pending { return .refused(found: target.state) }
                if target.state.isAlive {
                    try note(.requeue, target.id, of: target.attempt, by: uid, at: now)
                    return .requested
                }
                var woken = target
                var count = 1
                if target.isSet {
                    let tasks = try part ?? ranges(of: target.id)
                    count = tasks.count
                    woken.id = try separate(tasks, of: target)
                }
                try note(.requeue, woken.id, by: uid, at: now)
                try runAgain(woken, count: count, at: now)
                return .done
            }
        }
    }

    /// The row of some tasks of a set that were cancelled together, apart from the others; an
    /// array's own row stays that of the tasks that wait.
    private func separate(_ tasks: ArrayIndexSet, of set: Target) throws -> JobID {
        guard set.isMain else { return try split(tasks, off: set.id) }
        let rest = try ranges(of: set.id).subtracting(tasks)
        if !rest.isEmpty { _ = try split(rest, off: set.id) }
        return set.id
    }

    /// Lets a row wait again that is over, and stands for so many tasks.
    private func runAgain(_ target: Target, count: Int, at now: Timestamp) throws {
        let ended = target.state == .completed
        try db.run(
            """
            UPDATE job SET state = 'PENDING', started_us = NULL, ended_us = NULL, exit_code = NULL,
                signal = NULL, cpu_us = NULL, max_rss_bytes = NULL, cancelled_by = NULL,
                reason = NULL, held = 0, unmet = 0, begin_us = NULL, eligible_us = ?2,
                restarts = restarts + (attempts > 0),
                failed = failed - CASE WHEN id = array_id THEN ?4 ELSE 0 END
            WHERE id = ?1 AND state = ?3
            """,
            .integer(target.id.rawValue),
            .integer(now.microseconds),
            .text(target.state.rawValue),
            .int(count)
        )
        try db.run("DELETE FROM dependency WHERE job = ?1", .integer(target.id.rawValue))
        guard let array = target.array, !target.isMain else { return }
        try db.run(
            """
            UPDATE job SET succeeded = succeeded - ?2, failed = failed - ?3,
                state = CASE WHEN state IN ('PENDING', 'RUNNING') THEN state ELSE 'RUNNING' END,
                started_us = coalesce(started_us, submitted_us), ended_us = NULL
            WHERE id = ?1
            """,
            .integer(array.rawValue),
            .int(ended ? count : 0),
            .int(ended ? 0 : count)
        )
    }

    /// Applies a change to each pending row that is meant, with a row of its own for tasks that
    /// are a part of a set.
    private func change(
        _ reference: JobReference,
        at now: Timestamp,
        _ body: (JobID, UInt32) throws -> Void
    ) throws -> [ChangeResult] {
        try write {
            try targets(of: reference).compactMap { target, part in
                guard target.state == .pending else {
                    return target.hasTasks ? .refused(found: target.state) : nil
                }
                let id = try part.map { try split($0, off: target.id) } ?? target.id
                try body(id, target.uid)
                if id != target.id { try note(.hold, target.id, by: target.uid, at: now) }
                return .done
            }
        }
    }

    /// Ends the waiting of a row, or of a part of a set, as CANCELLED.
    private func cancelWaiting(
        _ target: Target,
        _ part: ArrayIndexSet?,
        by uid: UInt32,
        at now: Timestamp
    ) throws {
        var id = target.id
        var tasks: ArrayIndexSet?
        if target.isSet {
            let wanted = try part ?? ranges(of: target.id)
            tasks = wanted
            let isUntouched = try db.first(
                "SELECT total = ?2 FROM job WHERE id = ?1",
                .integer(target.id.rawValue),
                .int(wanted.count)
            ) { $0.bool(0) }
            if !target.isMain || isUntouched == false { id = try split(wanted, off: target.id) }
        }
        try db.run(
            """
            UPDATE job SET state = 'CANCELLED', ended_us = ?2, cancelled_by = ?3, held = 0,
                unmet = 0, reason = NULL, failed = CASE WHEN id = array_id THEN total ELSE 0 END
            WHERE id = ?1 AND state = 'PENDING'
            """,
            .integer(id.rawValue),
            .integer(now.microseconds),
            .int(uid)
        )
        try db.run("DELETE FROM dependency WHERE job = ?1", .integer(id.rawValue))
        try note(.cancel, id, by: uid, at: now)
        if id != target.id { try note(.cancel, target.id, by: uid, at: now) }
        let changed = try follow(id, .cancelled, wasRunning: false, tasks: tasks, at: now)
        for id in changed { try note(.release, id, by: uid, at: now) }
    }

    /// The rows that a reference means, with the part of a set where it means not all of it.
    private func targets(of reference: JobReference) throws -> [(Target, ArrayIndexSet?)] {
        var rows: [Target] = []
        try db.query(
            """
            SELECT id, state, array_id, task_index, uid, attempts FROM job
            WHERE id = ?1 OR array_id = ?1
            """,
            .integer(reference.id.rawValue)
        ) { row in
            rows.append(
                Target(
                    id: JobID(rawValue: row.integer(0)),
                    state: JobState(rawValue: row.text(1)) ?? .pending,
                    array: row.optionalInteger(2).map(JobID.init(rawValue:)),
                    taskIndex: row.optionalInteger(3).map { Int($0) },
                    uid: UInt32(row.integer(4)),
                    attempt: Int(row.integer(5))
                )
            )
        }
        guard !rows.isEmpty else { throw QueueError.unknownJob(reference) }
        guard let tasks = reference.tasks else { return rows.map { ($0, nil) } }
        guard rows.contains(where: { $0.array == reference.id }) else {
            throw QueueError.notAnArray(reference.id)
        }
        var meant: [(Target, ArrayIndexSet?)] = []
        for row in rows where row.array == reference.id {
            if let index = row.taskIndex {
                if tasks.contains(index) { meant.append((row, nil)) }
            } else {
                let part = try ranges(of: row.id).intersection(tasks)
                if !part.isEmpty { meant.append((row, part)) }
            }
        }
        guard !meant.isEmpty else { throw QueueError.unknownJob(reference) }
        return meant
    }
}
