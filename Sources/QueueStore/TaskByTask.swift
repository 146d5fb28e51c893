internal import JobModel
internal import SQLite

/// Arrays whose tasks each wait for the task of the same index of another one (`aftercorr`).
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
            var ended: [Int] = []
            try db.query(
                """
                SELECT task_index FROM job WHERE array_id = ?1 AND task_index IS NOT NULL
                    AND ended_us IS NOT NULL
                """,
                .integer(row.job.rawValue)
            ) { ended.append(Int($0.integer(0))) }
            for index in ended {
                changed.formUnion(try settleCorresponding(row.job, index: index, at: now))
                changed.formUnion(try settle(row.job, index: index, at: now))
            }
            for cancelled in try cancelledSets(of: row.job) {
                changed.formUnion(try giveUpCorresponding(row.job, to: cancelled))
            }
            changed.formUnion(try settle(row.job, at: now))
        }
        // These have rows that schedd has not heard of.
        for id in changed.sorted() { try note(.release, id, by: job.uid, at: now) }
    }

    /// Lets the tasks that wait for one task of another array (`aftercorr`) go, or gives them up.
    func settleCorresponding(_ array: JobID, index: Int, at now: Timestamp) throws -> [JobID] {
        var changed: [JobID] = []
        for follower in try followersTaskByTask(of: array)
        where try ranges(of: follower).contains(index) {
            let part = try split(ArrayIndexSet(index), off: follower)
            try db.run(
                """
                UPDATE dependency SET on_index = ?3
                WHERE on_job = ?1 AND on_index = -1 AND job = ?2 AND kind = 'aftercorr'
                """,
                .integer(array.rawValue),
                .integer(part.rawValue),
                .int(index)
            )
            changed.append(follower)
            changed.append(part)
        }
        return changed
    }

    /// Tells those who wait for tasks that were cancelled before any had a row of its own.
    ///
    /// Costs as much as there are such, however many tasks it were.
    func settleCancelled(
        _ indices: ArrayIndexSet,
        of array: JobID,
        at now: Timestamp
    ) throws -> [JobID] {
        var named: [Int] = []
        try db.query(
            """
            SELECT DISTINCT on_index FROM dependency
            WHERE on_job = ?1 AND on_index >= 0 AND failed = 0
            """,
            .integer(array.rawValue)
        ) { named.append(Int($0.integer(0))) }
        var changed: [JobID] = []
        for index in named where indices.contains(index) {
            changed += try settle(array, index: index, at: now)
        }
        return changed + (try giveUpCorresponding(array, to: indices))
    }

    /// Gives up the tasks that wait for the tasks of the same indices of another array, which were
    /// cancelled.
    private func giveUpCorresponding(_ array: JobID, to indices: ArrayIndexSet) throws -> [JobID] {
        var changed: [JobID] = []
        for follower in try followersTaskByTask(of: array) {
            let lost = try ranges(of: follower).intersection(indices)
            if lost.isEmpty { continue }
            let part = try split(lost, off: follower)
            try giveUp((part, .aftercorr, 0), on: array, index: nil)
            changed += [follower, part]
        }
        return changed
    }

    /// The sets of tasks that wait for the task of the same index of an array, each.
    private func followersTaskByTask(of array: JobID) throws -> [JobID] {
        var followers: [JobID] = []
        try db.query(
            """
            SELECT d.job FROM dependency d JOIN job j ON j.id = d.job
            WHERE d.on_job = ?1 AND d.on_index = -1 AND d.kind = 'aftercorr' AND d.failed = 0
                AND j.array_id IS NOT NULL AND j.task_index IS NULL AND j.state = 'PENDING'
            """,
            .integer(array.rawValue)
        ) { followers.append(JobID(rawValue: $0.integer(0))) }
        return followers
    }

    /// The tasks of an array that were cancelled together before they had rows of their own.
    private func cancelledSets(of array: JobID) throws -> [ArrayIndexSet] {
        var sets: [JobID] = []
        try db.query(
            """
            SELECT id FROM job WHERE array_id = ?1 AND task_index IS NULL AND state = 'CANCELLED'
            """,
            .integer(array.rawValue)
        ) { sets.append(JobID(rawValue: $0.integer(0))) }
        return try sets.map { try ranges(of: $0) }
    }
}
