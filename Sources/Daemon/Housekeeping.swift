internal import JobModel
internal import Linux
internal import Logging
internal import QueueStore
internal import SQLite

/// What is done now and then: the notes for `queue`, the place in the journal, the checkpoint.
struct Housekeeping {
    /// Commits since the last checkpoint.
    var commits = 0
    private let checkpoint: Checkpoint
    private var notesAreOld = true
    private var lastNotes: Int64 = 0
    private var lastCheckpoint: Int64 = 0
    private var shown: [PlanNote] = []

    /// How many of those first in line have a note.
    static let notes = 500

    init(database: String) throws {
        checkpoint = try Checkpoint(path: database)
    }

    /// When something is due, in microseconds; nil while nothing is.
    func next(isBehind: Bool) -> Int64? {
        if notesAreOld || isBehind { return lastNotes + 1_000_000 }
        return commits > 0 ? lastCheckpoint + 10_000_000 : nil
    }

    mutating func keep(_ daemon: Daemon, at now: Timestamp, hasChanged: Bool) throws {
        notesAreOld = notesAreOld || hasChanged
        if now.microseconds >= lastNotes + 1_000_000,
            notesAreOld || daemon.readSequence > daemon.appliedSequence
        {
            let notes = daemon.decision.notes(at: now, limit: Self.notes)
            try daemon.store.write {
                if notes != shown { try daemon.store.leave(notes) }
                try daemon.noteApplied()
            }
            shown = notes
            notesAreOld = false
            lastNotes = now.microseconds
            commits += 1
        }
        // A commit writes some ten pages, and the tools commit as often as schedd does.
        if commits >= 100 || commits > 0 && now.microseconds >= lastCheckpoint + 10_000_000 {
            do { try checkpoint.run() } catch {
                daemon.log.warning("the checkpoint is put off: \(error)")
            }
            commits = 0
            lastCheckpoint = now.microseconds
        }
    }
}
