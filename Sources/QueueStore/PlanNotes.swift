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
    public func leave(_ notes: [PlanNote]) throws {
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
