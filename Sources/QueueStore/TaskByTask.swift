internal import JobModel
internal import SQLite

/// Those who wait for single tasks of an array, and arrays whose tasks each wait for the task of the
/// same index of another one (`aftercorr`).
extension QueueStore {
    /// Whether each task of a job waits for the task of the same index of another array.
    func waitsTaskByTask(_ row: Waits.Row, _ job: JobDescription) throws -> Bool {
        guard row.kind == .aftercorr, row.index == nil, job.array != nil else { return false }
        return try db.first(
            "SELECT array_id = id FROM job WHERE id = ?1",
            .integer(row.job.rawValue)
        ) { $0.bool(0) } ?? false
    }

    /// Lets those tasks go, or gives them up, whose counterpart was over before they were
    /// submitted.
    func settleEarlier(_ waits: Waits, of job: JobDescription, at now: Timestamp) throws {
        var changed: Set<JobID> = []
        for row in waits.rows where row.kind == .aftercorr && row.index == nil {
            var ended: [ArrayIndexSet] = []
            try db.query(
                """
                SELECT id, task_index FROM job WHERE array_id = ?1 AND ended_us IS NOT NULL
                """,
                .integer(row.job.rawValue)
            ) { row in
                if let index = row.optionalInteger(1) {
                    ended.append(ArrayIndexSet(Int(index)))
                } else {
                    ended.append(try ranges(of: JobID(rawValue: row.integer(0))))
                }
            }
            for tasks in ended { changed.formUnion(try settle(tasks, of: row.job, at: now)) }
            changed.formUnion(try settle(row.job, at: now))
        }
        // These have rows that schedd has not heard of.
        for id in changed.sorted() { try note(.release, id, by: job.uid, at: now) }
    }

    /// Tells those who wait for some tasks of an array, all of which are over; of more than one,
    /// that they were cancelled together.
    func settle(_ tasks: ArrayIndexSet, of array: JobID, at now: Timestamp) throws -> [JobID] {
        var changed = try settleCorresponding(tasks, of: array)
        var indices: [Int] = []
        try db.query(
            "SELECT DISTINCT on_index FROM dependency WHERE on_job = ?1 AND on_index >= 0",
            .integer(array.rawValue)
        ) { indices.append(Int($0.integer(0))) }
        for index in indices where tasks.contains(index) {
            changed += try settle(array, index: index, at: now)
        }
        return changed
    }

    /// Gives the tasks that wait for the tasks of the same index of another array (`aftercorr`) a
    /// row of their own, which waits for that task alone, or for nothing any more.
    private func settleCorresponding(_ tasks: ArrayIndexSet, of array: JobID) throws -> [JobID] {
        var followers: [(job: JobID, index: Int?)] = []
        try db.query(
            """
            SELECT d.job, j.task_index FROM dependency d JOIN job j ON j.id = d.job
            WHERE d.on_job = ?1 AND d.on_index = -1 AND d.kind = 'aftercorr' AND d.failed = 0
                AND j.array_id IS NOT NULL AND j.state = 'PENDING'
            """,
            .integer(array.rawValue)
        ) { row in
            let index = row.optionalInteger(1).map { Int($0) }
            followers.append((JobID(rawValue: row.integer(0)), index))
        }
        var changed: [JobID] = []
        for follower in followers {
            let own = try follower.index.map { ArrayIndexSet($0) } ?? ranges(of: follower.job)
            let meant = own.intersection(tasks)
            guard !meant.isEmpty else { continue }
            let part = follower.index == nil ? try split(meant, off: follower.job) : follower.job
            if let index = meant.min, meant.count == 1 {
                try bind(part, to: index, of: array)
            } else {
                try giveUp((part, .aftercorr, 0), on: array, index: nil)
            }
            changed += [follower.job, part]
        }
        return changed
    }

    /// Lets a task that waits for a whole array wait for one task of it.
    private func bind(_ task: JobID, to index: Int, of array: JobID) throws {
        let bound = try db.run(
            """
            UPDATE OR IGNORE dependency SET on_index = ?3
            WHERE on_job = ?1 AND on_index = -1 AND job = ?2 AND kind = 'aftercorr'
            """,
            .integer(array.rawValue),
            .integer(task.rawValue),
            .int(index)
        )
        guard bound == 0 else { return }
        // It waits for that task already.
        try db.run(
            """
            DELETE FROM dependency
            WHERE on_job = ?1 AND on_index = -1 AND job = ?2 AND kind = 'aftercorr'
            """,
            .integer(array.rawValue),
            .integer(task.rawValue)
        )
        try db.run("UPDATE job SET unmet = unmet - 1 WHERE id = ?1", .integer(task.rawValue))
    }
}
