public import JobModel
internal import SQLite

/// What `schedd` expects of a waiting job, for `queue`.
public struct PlanNote: Sendable, Equatable {
    /// The job.
    public var job: JobID
    /// When it should start; nil where that is not known.
    public var start: Timestamp?
    /// Why it waits.
    public var reason: Reason

    /// A note on a job.
    public init(job: JobID, start: Timestamp?, reason: Reason) {
        self.job = job
        self.start = start
        self.reason = reason
    }
}

extension QueueStore {
    /// Replaces the notes; within a write transaction.
    ///
    /// - Parameter policy: by which the starts are promised; nil where they are only expected.
    public func leave(_ notes: [PlanNote], promisedBy policy: String? = nil) throws {
        try setText(Self.promise, policy ?? "")
        try db.run("DELETE FROM plan")
        for note in notes {
            try db.run(
                "INSERT OR REPLACE INTO plan (job, start_us, reason) VALUES (?1, ?2, ?3)",
                .integer(note.job.rawValue),
                .optional(note.start?.microseconds),
                .text(note.reason.rawValue)
            )
        }
    }

    private static let promise = "plan_promised_by"

    /// The starts that were promised by a policy, by job; none where they were not.
    public func promisedStarts(by policy: String) throws -> [JobID: Timestamp] {
        let promised = try db.first(
            "SELECT value FROM fact WHERE name = ?1",
            .text(Self.promise)
        ) { $0.text(0) }
        guard promised == policy else { return [:] }
        var starts: [JobID: Timestamp] = [:]
        for note in try planNotes() { starts[note.job] = note.start }
        return starts
    }

    /// The notes by their jobs' ids, ascending.
    func planNotes() throws -> [PlanNote] {
        var notes: [PlanNote] = []
        try db.query("SELECT job, start_us, reason FROM plan ORDER BY job") { row in
            notes.append(
                PlanNote(
                    job: JobID(rawValue: row.integer(0)),
                    start: row.optionalInteger(1).map { Timestamp(microseconds: $0) },
                    reason: Reason(rawValue: row.text(2)) ?? .priority
                )
            )
        }
        return notes
    }
}
