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
            let rows = try expand(condition, of: job)
            if rows.isEmpty, waits.isAny { waits.isMet = true }
            for row in rows {
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
        let place = try db.first(
            "SELECT array_id, task_index FROM job WHERE id = ?1",
            .integer(reference.id.rawValue)
        ) { (array: $0.optionalInteger(0), index: $0.optionalInteger(1)) }
        guard let place else { throw QueueError.unknownJob(reference) }
        // A task may be named by the number of its own row, too.
        var row = Waits.Row(
            job: place.array.map(JobID.init(rawValue:)) ?? reference.id,
            index: place.index.map { Int($0) },
            kind: condition.kind,
            minutes: condition.minutes,
            isFailed: false
        )
        guard let tasks = reference.tasks else { return [row] }
        guard row.job == reference.id, place.array != nil else {
            throw QueueError.notAnArray(reference.id)
        }
        return tasks.map { index in
            row.index = index
            return row
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
            SELECT max(id) FROM job WHERE state IN ('PENDING', 'RUNNING', 'SUSPENDED') AND uid = ?1
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
}
