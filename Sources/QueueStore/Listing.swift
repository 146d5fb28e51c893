internal import JobModel
internal import Linux
internal import SQLite

extension QueueStore {
    /// Hands every job that a filter admits to the body: what waits first, by priority, then what
    /// runs; what has ended in order of its end.
    ///
    /// All of it is one view of the queue. Costs a row for each job, and for each that runs or has
    /// ended one more for its allocation.
    ///
    /// - Throws: ``QueueError/unknownJob(_:)`` for a reference to a job that there has never been.
    public func forEachJob(
        _ filter: JobFilter,
        _ body: (JobRecord) throws -> Void
    ) throws {
        try read {
            var reader = try JobReader(self, filter)
            switch filter.scope {
            case .open: try open(&reader, body)
            case .ended(let since): try ended(since, &reader, body)
            case .all(let since):
                try open(&reader, body)
                try ended(since, &reader, body)
            case .jobs(let references):
                for reference in references { try one(reference, &reader, body) }
            }
        }
    }

    private func open(_ reader: inout JobReader, _ body: (JobRecord) throws -> Void) throws {
        try db.query(
            """
            SELECT * FROM job WHERE state IN ('PENDING', 'RUNNING')
            ORDER BY state, priority DESC, id
            """
        ) { row in
            if let record = try reader.record(row) { try body(record) }
        }
    }

    private func ended(
        _ since: Timestamp,
        _ reader: inout JobReader,
        _ body: (JobRecord) throws -> Void
    ) throws {
        try db.query(
            "SELECT * FROM job WHERE ended_us >= ?1 ORDER BY ended_us, id",
            .integer(since.microseconds)
        ) { row in
            if let record = try reader.record(row) { try body(record) }
        }
    }

    private func one(
        _ reference: JobReference,
        _ reader: inout JobReader,
        _ body: (JobRecord) throws -> Void
    ) throws {
        var isKnown = false
        try db.query(
            "SELECT * FROM job WHERE id = ?1 OR array_id = ?1 ORDER BY task_index IS NULL, id",
            .integer(reference.id.rawValue)
        ) { row in
            isKnown = isKnown || reference.tasks == nil
            guard var record = try reader.record(row, evenIfFiltered: true) else { return }
            if let tasks = reference.tasks {
                if let index = record.taskIndex {
                    guard tasks.contains(index) else { return }
                } else {
                    let part = record.waiting?.intersection(tasks) ?? ArrayIndexSet()
                    guard !part.isEmpty else { return }
                    record.waiting = part
                }
                isKnown = true
            }
            if reader.filter.admits(uid: record.uid, state: record.state, name: record.name) {
                try body(record)
            }
        }
        if !isKnown { throw QueueError.unknownJob(reference) }
    }
}

/// Makes records of rows, with what is looked up once for all of them.
private struct JobReader {
    let store: QueueStore
    let filter: JobFilter
    private var users: [UInt32: String]
    private let notes: [JobID: PlanNote]
    private let gpus: [MachineFacts.GPU]
    private let host: ByteString
    private var lastName = ByteString([])
    private var spec: (id: Int64, material: LaunchMaterial, comment: ByteString?)?

    init(_ store: QueueStore, _ filter: JobFilter) throws {
        self.store = store
        self.filter = filter
        users = try store.userNames()
        notes = try store.planNotes()
        gpus = try store.machineFacts()?.gpus ?? []
        host = HostName.short
    }

    /// The record of a row; nil where the filter leaves it out, or where it stands for nothing: an
    /// array's own row whose tasks all have rows of theirs.
    mutating func record(_ row: Row, evenIfFiltered: Bool = false) throws -> JobRecord? {
        let uid = UInt32(row.integer(.uid))
        let state = JobState(rawValue: row.text(.state)) ?? .pending
        if !row.bytes(JobColumn.name.rawValue, equal: lastName.bytes) {
            lastName = ByteString(row.bytes(.name))
        }
        guard evenIfFiltered || filter.admits(uid: uid, state: state, name: lastName) else {
            return nil
        }
        let id = row.jobID(.id)
        let array = row.optionalInteger(.array_id).map(JobID.init(rawValue:))
        let index = row.optionalInteger(.task_index).map { Int($0) }
        var waiting: ArrayIndexSet?
        if array != nil, index == nil {
            let ranges = try store.ranges(of: id)
            guard !ranges.isEmpty else { return nil }
            waiting = ranges
        }
        let attempts = Int(row.integer(.attempts))
        let allocation = attempts > 0 ? try store.allocation(of: id, attempt: attempts) : nil
        var record = JobRecord(
            id: id,
            array: array,
            taskIndex: index,
            waiting: waiting,
            throttle: row.optionalInteger(.throttle).map { Int($0) },
            name: lastName,
            uid: uid,
            user: users[uid] ?? UserName.local(uid) ?? String(uid),
            state: state,
            reason: reason(row, state, id),
            priority: row.integer(.priority),
            nice: row.integer(.nice),
            request: row.request,
            timeLimit: row.timeLimit,
            allocation: allocation,
            gpus: allocation?.gpus.compactMap { held in gpus.first { $0.uuid == held.uuid } } ?? [],
            submitted: Timestamp(microseconds: row.integer(.submitted_us)),
            eligible: row.time(.eligible_us),
            expectedStart: state == .pending ? notes[id]?.start : nil,
            started: waiting == nil ? row.time(.started_us) : nil,
            ended: row.time(.ended_us),
            exitCode: row.optionalInteger(.exit_code).map { Int($0) },
            signal: row.optionalInteger(.signal).map { Int($0) },
            attempts: attempts,
            restarts: Int(row.integer(.restarts)),
            cpuMicroseconds: row.optionalInteger(.cpu_us),
            maxRSSBytes: row.optionalInteger(.max_rss_bytes),
            cancelledBy: row.optionalInteger(.cancelled_by).map { UInt32($0) },
            details: nil
        )
        if filter.wantsDetails { record.details = try details(of: record, row.integer(.spec)) }
        return record
    }

    private mutating func userName(_ uid: UInt32) -> String {
        if let known = users[uid] { return known }
        let name = UserName.local(uid) ?? String(uid)
        users[uid] = name
        return name
    }

    private func reason(_ row: Row, _ state: JobState, _ id: JobID) -> Reason {
        let stored = row.optionalText(JobColumn.reason.rawValue).flatMap(Reason.init(rawValue:))
        if let stored { return stored }
        guard state == .pending else { return .none }
        if row.integer(.unmet) > 0 { return .dependency }
        if let note = notes[id] { return note.reason }
        if let begin = row.time(.begin_us),
            begin > Timestamp(microseconds: Clock.realtimeMicroseconds)
        {
            return .beginTime
        }
        return notes.isEmpty ? .none : .priority
    }

    private mutating func details(
        of record: JobRecord,
        _ number: Int64
    ) throws -> JobRecord.Details {
        if spec?.id != number {
            spec = (number, try store.launchMaterial(number), try store.comment(ofSpec: number))
        }
        guard let spec else { throw QueueError.damaged("the specification \(number) of a job") }
        let context = OutputPattern.Context(
            job: record.id,
            array: record.array,
            taskIndex: record.taskIndex,
            jobName: record.name,
            userName: ByteString(record.user),
            hostName: host
        )
        let output = spec.material.outputPath(context)
        return JobRecord.Details(
            workDirectory: spec.material.workDirectory,
            command: spec.material.command,
            outputPath: output,
            errorPath: spec.material.errorPath(context) ?? output,
            dependency: record.state == .pending ? try store.dependencyText(of: record.id) : nil,
            comment: spec.comment
        )
    }
}

extension QueueStore {
    func allocation(of job: JobID, attempt: Int) throws -> Allocation? {
        try db.first(
            "SELECT allocation FROM attempt WHERE job = ?1 AND number = ?2",
            .integer(job.rawValue),
            .int(attempt)
        ) { try? Allocation(parsing: ByteString($0.bytes(0))) } ?? nil
    }

    func comment(ofSpec spec: Int64) throws -> ByteString? {
        try db.first("SELECT comment FROM spec WHERE id = ?1", .integer(spec)) {
            $0.optionalBytes(0).map(ByteString.init(_:))
        } ?? nil
    }

    /// What a job still waits for: `afterok:124(unfulfilled),afterok:14(failed)`.
    func dependencyText(of job: JobID) throws -> String? {
        var conditions: [String] = []
        var separator = ","
        try db.query(
            """
            SELECT d.kind, d.on_job, d.on_index, d.minutes, d.failed, j.unmet_any,
                (SELECT array_id IS NOT NULL FROM job WHERE id = d.on_job)
            FROM dependency d JOIN job j ON j.id = d.job WHERE d.job = ?1 ORDER BY d.on_job
            """,
            .integer(job.rawValue)
        ) { row in
            let index = row.integer(2)
            let task = index >= 0 ? "_\(index)" : row.bool(6) ? "_*" : ""
            let delay = row.integer(3) > 0 ? "+\(row.integer(3))" : ""
            let target = row.text(0) == "singleton" ? "" : ":\(row.integer(1))\(task)\(delay)"
            conditions.append(
                "\(row.text(0))\(target)(\(row.bool(4) ? "failed" : "unfulfilled"))"
            )
            if row.bool(5) { separator = "?" }
        }
        return conditions.isEmpty ? nil : conditions.joined(separator: separator)
    }
}
