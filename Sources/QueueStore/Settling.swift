internal import JobModel
internal import SQLite

/// What the progress of a job means to those who wait for it.
extension QueueStore {
    /// Tells those who wait for a job, or for one task of an array, how far it has come.
    ///
    /// Touches only them. Returns those whose chance to start has changed.
    func settle(_ job: JobID, index: Int? = nil, at now: Timestamp) throws -> [JobID] {
        var waiting: [(job: JobID, kind: Dependency.Kind, minutes: Int)] = []
        try db.query(
            """
            SELECT job, kind, minutes FROM dependency
            WHERE on_job = ?1 AND on_index = ?2 AND failed = 0
            """,
            .integer(job.rawValue),
            .int(index ?? -1)
        ) { row in
            guard let kind = Dependency.Kind(rawValue: row.text(1)) else { return }
            waiting.append((JobID(rawValue: row.integer(0)), kind, Int(row.integer(2))))
        }
        guard !waiting.isEmpty else { return [] }
        let progress = try progress(of: job, index: index)
        var changed: [JobID] = []
        for wait in waiting {
            guard let isMet = progress.meets(wait.kind) else { continue }
            if isMet {
                try meet(wait, on: job, index: index, progress: progress, at: now)
            } else {
                try giveUp(wait, on: job, index: index)
            }
            changed.append(wait.job)
        }
        return changed
    }

    private func meet(
        _ wait: (job: JobID, kind: Dependency.Kind, minutes: Int),
        on job: JobID,
        index: Int?,
        progress: Progress,
        at now: Timestamp
    ) throws {
        let met = try db.run(
            """
            DELETE FROM dependency WHERE on_job = ?1 AND on_index = ?2 AND job = ?3 AND kind = ?4
            """,
            .integer(job.rawValue),
            .int(index ?? -1),
            .integer(wait.job.rawValue),
            .text(wait.kind.rawValue)
        )
        // Another condition on the same job may have let it go.
        guard met == 1 else { return }
        if wait.kind == .singleton, let next = try nextNamesake(before: wait.job) {
            let row = Waits.Row(job: next, kind: .singleton, minutes: 0, isFailed: false)
            return try insert(row, of: wait.job)
        }
        let begin: Int64? =
            wait.kind == .after && wait.minutes > 0
            ? (progress.startedAt ?? now).microseconds + Int64(wait.minutes) * 60_000_000 : nil
        try db.run(
            """
            UPDATE job SET
                unmet = CASE WHEN unmet_any THEN 0 ELSE unmet - 1 END,
                begin_us = max(coalesce(begin_us, ?2), coalesce(?2, begin_us)),
                eligible_us = CASE WHEN held = 0 AND (unmet_any OR unmet = 1) THEN ?3 END,
                reason = CASE WHEN unmet_any AND reason = 'DependencyNeverSatisfied' THEN NULL
                    ELSE reason END
            WHERE id = ?1 AND state = 'PENDING' AND unmet > 0
            """,
            .integer(wait.job.rawValue),
            .optional(begin),
            .integer(now.microseconds)
        )
        try db.run(
            """
            DELETE FROM dependency WHERE job = ?1
                AND (SELECT unmet FROM job WHERE id = ?1) = 0
            """,
            .integer(wait.job.rawValue)
        )
    }

    private func nextNamesake(before job: JobID) throws -> JobID? {
        let who = try db.first(
            "SELECT name, uid, coalesce(array_id, id) FROM job WHERE id = ?1",
            .integer(job.rawValue)
        ) { (name: ByteString($0.bytes(0)), uid: UInt32($0.integer(1)), id: $0.integer(2)) }
        guard let who else { return nil }
        // A part of an array has a later number than some that wait for the array.
        return try lastOpenNamesake(of: who.name, uid: who.uid, before: who.id)
    }

    /// Notes that a condition can no longer hold.
    func giveUp(
        _ wait: (job: JobID, kind: Dependency.Kind, minutes: Int),
        on job: JobID,
        index: Int?
    ) throws {
        let known = try db.run(
            """
            UPDATE dependency SET failed = 1
            WHERE on_job = ?1 AND on_index = ?2 AND job = ?3 AND kind = ?4
            """,
            .integer(job.rawValue),
            .int(index ?? -1),
            .integer(wait.job.rawValue),
            .text(wait.kind.rawValue)
        )
        guard known == 1 else { return }
        try db.run(
            """
            UPDATE job SET reason = 'DependencyNeverSatisfied'
            WHERE id = ?1 AND state = 'PENDING' AND held = 0 AND (unmet_any = 0 OR NOT EXISTS (
                SELECT 1 FROM dependency WHERE job = ?1 AND failed = 0))
            """,
            .integer(wait.job.rawValue)
        )
    }
}
