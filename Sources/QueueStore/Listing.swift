public import JobModel
internal import SQLite

extension QueueStore {
    /// Hands every job that a filter admits to the body: what waits first, by priority, then what
    /// runs; what has ended in order of its end.
    ///
    /// All of it is one view of the queue. Costs a row for each job, and for each that runs or has
    /// ended one more for its allocation.
    ///
    /// - Returns: the references of the filter that stand for no job that there has ever been.
    @discardableResult
    public func forEachJob(
        _ filter: JobFilter,
        _ body: (JobRecord) throws -> Void
    ) throws -> [JobReference] {
        try read { try visit(filter, body) }
    }

    /// ``forEachJob(_:_:)`` within a transaction.
    func visit(
        _ filter: JobFilter,
        _ body: (JobRecord) throws -> Void
    ) throws -> [JobReference] {
        var reader = JobReader(self, filter)
        switch filter.scope {
        case .open: try open(&reader, body)
        case .ended(let since): try ended(since, &reader, body)
        case .all(let since):
            try open(&reader, body)
            try ended(since, &reader, body)
        case .jobs(let references):
            return try references.filter { try !one($0, &reader, body) }
        }
        return []
    }

    private func open(_ reader: inout JobReader, _ body: (JobRecord) throws -> Void) throws {
        try db.query(
            """
            SELECT * FROM job WHERE state IN ('PENDING', 'RUNNING', 'SUSPENDED')
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

    /// Whether the reference stands for anything, whether or not the filter admits it.
    private func one(
        _ reference: JobReference,
        _ reader: inout JobReader,
        _ body: (JobRecord) throws -> Void
    ) throws -> Bool {
        var isKnown = false
        try db.query(
            "SELECT * FROM job WHERE id = ?1 OR array_id = ?1 ORDER BY task_index IS NULL, id",
            .integer(reference.id.rawValue)
        ) { row in
            isKnown = isKnown || reference.tasks == nil
            guard var record = try reader.record(row, evenIfFiltered: true) else { return }
            if let tasks = reference.tasks {
                guard record.array == reference.id else { return }
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
        return isKnown
    }
}

extension QueueStore {
    /// Adds to a record what its last attempt holds or held, and how long it stood still.
    func addAttempt(to record: inout JobRecord) throws {
        try db.query(
            """
            SELECT allocation, suspended_us, stopped_us, predicted_s FROM attempt
            WHERE job = ?1 AND number = ?2
            """,
            .integer(record.id.rawValue),
            .int(record.attempts)
        ) { row in
            record.allocation = try? Allocation(parsing: ByteString(row.bytes(0)))
            // They are another's.
            if record.state == .suspended { record.allocation?.cpus = CPUSet() }
            record.suspendedMicroseconds = row.integer(1)
            record.stopped = row.optionalInteger(2).map(Timestamp.init(microseconds:))
            record.predictedSeconds = row.optionalInteger(3)
        }
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
