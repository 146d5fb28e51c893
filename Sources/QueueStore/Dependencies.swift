internal import JobModel
internal import SQLite

/// What a job waits for, judged at its submission.
struct Waits {
    /// One unmet condition.
    struct Row {
        var job: JobID
        var index: Int?
        var kind: Dependency.Kind
        var minutes: Int
        var isFailed: Bool
    }

    var rows: [Row] = []
    var isAny = false
    var isMet = false
    var begin: Timestamp?

    /// Conditions that still keep the job from starting.
    var unmet: Int { isMet ? 0 : rows.count }

    /// Whether it can never start.
    var isHopeless: Bool {
        !isMet
            && (isAny
                ? !rows.isEmpty && rows.allSatisfy(\.isFailed) : rows.contains(where: \.isFailed))
    }
}

/// What is known of a job that others wait for.
struct Progress {
    var hasStarted: Bool
    var startedAt: Timestamp?
    var hasEnded: Bool
    var isSuccess: Bool

    /// Whether a condition on it holds; nil while that is open.
    func meets(_ kind: Dependency.Kind) -> Bool? {
        switch kind {
        case .after: hasStarted || hasEnded ? true : nil
        case .afterany, .afterburstbuffer, .singleton: hasEnded ? true : nil
        case .afterok, .aftercorr: hasEnded ? isSuccess : nil
        case .afternotok: hasEnded ? !isSuccess : nil
        }
    }
}

extension QueueStore {
    /// Looks at each condition of a dependency as things stand now.
    func judge(
        _ dependency: Dependency?,
        of job: JobDescription,
        at now: Timestamp
    ) throws -> Waits {
        var waits = Waits()
        guard let dependency else { return waits }
        waits.isAny = dependency.combination == .any
        for condition in dependency.conditions {
            for row in try expand(condition, of: job) {
                if try waitsTaskByTask(row, job) {
                    waits.rows.append(row)
                    continue
                }
                let progress = try progress(of: row.job, index: row.index)
                switch progress.meets(row.kind) {
                case true?:
                    if waits.isAny { waits.isMet = true }
                    if row.kind == .after, row.minutes > 0 {
                        let start = progress.startedAt ?? now
                        let begin = Timestamp(
                            microseconds: start.microseconds + Int64(row.minutes) * 60_000_000
                        )
                        waits.begin = max(waits.begin ?? begin, begin)
                    }
                case false?:
                    var failed = row
                    failed.isFailed = true
                    waits.rows.append(failed)
                case nil:
                    waits.rows.append(row)
                }
            }
        }
        if waits.isMet { waits.rows = [] }
        return waits
    }

    /// The rows that a condition stands for: one for each task that it names.
    private func expand(
        _ condition: Dependency.Condition,
        of job: JobDescription
    ) throws -> [Waits.Row] {
        guard let reference = condition.job else {
            guard let earlier = try lastOpenNamesake(of: job.name, uid: job.uid, before: .max)
            else { return [] }
            return [Waits.Row(job: earlier, kind: .singleton, minutes: 0, isFailed: false)]
        }
        let isArray = try db.first(
            "SELECT array_id IS NOT NULL FROM job WHERE id = ?1",
            .integer(reference.id.rawValue)
        ) { $0.bool(0) }
        guard let isArray else { throw QueueError.unknownJob(reference) }
        guard let tasks = reference.tasks else {
            return [
                Waits.Row(
                    job: reference.id,
                    kind: condition.kind,
                    minutes: condition.minutes,
                    isFailed: false
                )
            ]
        }
        guard isArray else { throw QueueError.notAnArray(reference.id) }
        return tasks.map { index in
            Waits.Row(
                job: reference.id,
                index: index,
                kind: condition.kind,
                minutes: condition.minutes,
                isFailed: false
            )
        }
    }

    /// How far a job, an array or an array's task has come.
    func progress(of job: JobID, index: Int?) throws -> Progress {
        if let index { return try progress(ofTask: index, of: job) }
        let found = try db.first(
            """
            SELECT state, started_us, array_id IS NOT NULL, total, running, succeeded, failed
            FROM job WHERE id = ?1
            """,
            .integer(job.rawValue)
        ) { row in
            let state = JobState(rawValue: row.text(0)) ?? .pending
            let left = row.integer(3) - row.integer(4) - row.integer(5) - row.integer(6)
            return Progress(
                hasStarted: row.bool(2) ? left == 0 : state != .pending,
                startedAt: row.optionalInteger(1).map { Timestamp(microseconds: $0) },
                hasEnded: state.isEnded,
                isSuccess: row.bool(2) ? row.integer(6) == 0 : state == .completed
            )
        }
        guard let found else { throw QueueError.unknownJob(JobReference(id: job)) }
        return found
    }

    private func progress(ofTask index: Int, of array: JobID) throws -> Progress {
        func progress(_ row: Row) -> Progress {
            let state = JobState(rawValue: row.text(0)) ?? .pending
            return Progress(
                hasStarted: state != .pending,
                startedAt: row.optionalInteger(1).map { Timestamp(microseconds: $0) },
                hasEnded: state.isEnded,
                isSuccess: state == .completed
            )
        }
        let own = try db.first(
            "SELECT state, started_us FROM job WHERE array_id = ?1 AND task_index = ?2",
            .integer(array.rawValue),
            .int(index)
        ) { progress($0) }
        // Without a row of its own it is one of a set: of those that wait, or that were cancelled
        // together.
        let found =
            try own
            ?? db.first(
                """
                SELECT state, NULL FROM job JOIN array_range r ON r.job = id
                WHERE array_id = ?1 AND task_index IS NULL AND first <= ?2 AND last >= ?2
                    AND (?2 - first) % step = 0
                """,
                .integer(array.rawValue),
                .int(index)
            ) { progress($0) }
        guard let found else {
            throw QueueError.unknownJob(JobReference(id: array, tasks: ArrayIndexSet(index)))
        }
        return found
    }

    /// The youngest job of a name and user that is not over.
    func lastOpenNamesake(of name: ByteString, uid: UInt32, before id: Int64) throws -> JobID? {
        try db.first(
            """
            SELECT max(id) FROM job WHERE state IN ('PENDING', 'RUNNING') AND uid = ?1
                AND name = ?2 AND id < ?3 AND (array_id IS NULL OR array_id = id)
            """,
            .int(uid),
            .blob(name.bytes),
            .integer(id)
        ) { $0.optionalInteger(0).map(JobID.init(rawValue:)) } ?? nil
    }

    func insert(_ wait: Waits.Row, of job: JobID) throws {
        let added = try db.run(
            """
            INSERT OR IGNORE INTO dependency (on_job, on_index, job, kind, minutes, failed)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """,
            .integer(wait.job.rawValue),
            .int(wait.index ?? -1),
            .integer(job.rawValue),
            .text(wait.kind.rawValue),
            .int(wait.minutes),
            .bool(wait.isFailed)
        )
        if added == 0 {
            try db.run(
                "UPDATE job SET unmet = unmet - 1 WHERE id = ?1",
                .integer(job.rawValue)
            )
        }
    }

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
        try db.run(
            """
            DELETE FROM dependency WHERE on_job = ?1 AND on_index = ?2 AND job = ?3 AND kind = ?4
            """,
            .integer(job.rawValue),
            .int(index ?? -1),
            .integer(wait.job.rawValue),
            .text(wait.kind.rawValue)
        )
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
            "SELECT name, uid FROM job WHERE id = ?1",
            .integer(job.rawValue)
        ) { (name: ByteString($0.bytes(0)), uid: UInt32($0.integer(1))) }
        guard let who else { return nil }
        return try lastOpenNamesake(of: who.name, uid: who.uid, before: job.rawValue)
    }

    /// Notes that a condition can no longer hold.
    func giveUp(
        _ wait: (job: JobID, kind: Dependency.Kind, minutes: Int),
        on job: JobID,
        index: Int?
    ) throws {
        try db.run(
            """
            UPDATE dependency SET failed = 1
            WHERE on_job = ?1 AND on_index = ?2 AND job = ?3 AND kind = ?4
            """,
            .integer(job.rawValue),
            .int(index ?? -1),
            .integer(wait.job.rawValue),
            .text(wait.kind.rawValue)
        )
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
