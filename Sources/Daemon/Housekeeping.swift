internal import JobModel
internal import QueueStore
internal import SQLite

/// When it is time for what is done now and then: the notes for `queue`, the place in the journal,
/// the checkpoint.
///
/// Instants are microseconds of the monotonic clock: the other one may be put back.
struct Housekeeping {
    private let checkpoint: Checkpoint
    /// Commits since the last checkpoint, of `schedd` and of the tools.
    private var commits = 0
    private var notesAreOld = true
    private var lastNotes = Int64.min / 2
    private var lastCheckpoint = Int64.min / 2
    private var shown: [PlanNote] = []

    /// How many of those first in line have a note.
    static let notes = 500

    /// A commit writes some ten pages; the log is to stay under about a thousand.
    private static let mostCommits = 100

    /// What that many commits write, in bytes.
    private static let logSize = 4 << 20

    init(database: String) throws {
        checkpoint = try Checkpoint(path: database)
        try checkpoint.reserve(Self.logSize, path: database)
    }

    /// When something is due; nil while nothing is.
    ///
    /// - Parameter isBehind: whether the place in the journal is to be noted.
    func next(isBehind: Bool) -> Int64? {
        if notesAreOld || isBehind { return lastNotes + 1_000_000 }
        return commits > 0 ? lastCheckpoint + 10_000_000 : nil
    }

    /// Takes note of what was committed and that what waits or runs is not what it was.
    mutating func count(commits more: Int) {
        guard more > 0 else { return }
        commits += more
        notesAreOld = true
    }

    /// The notes are not what they should be, though nothing was committed.
    mutating func renewNotes() { notesAreOld = true }

    /// Whether notes are to be made now: once a second at the most.
    func wantsNotes(at now: Int64, isBehind: Bool) -> Bool {
        (notesAreOld || isBehind) && now >= lastNotes + 1_000_000
    }

    /// Takes note of notes that are made; whether they are other ones than before.
    mutating func show(_ notes: [PlanNote], at now: Int64) -> Bool {
        notesAreOld = false
        lastNotes = now
        commits += 1
        defer { shown = notes }
        return notes != shown
    }

    /// Brings the log into the database where that is due.
    mutating func checkpoint(at now: Int64) throws {
        guard
            commits >= Self.mostCommits
                || commits > 0 && now >= lastCheckpoint + 10_000_000
        else { return }
        commits = 0
        lastCheckpoint = now
        try checkpoint.run()
    }
}
