internal import Glibc

/// Brings the write-ahead log's pages into the database file, without SQLite's WAL-reset bug.
///
/// SQLite before 3.51.3 can lose commits that another process makes beside a checkpoint
/// (sqlite.org/wal.html); hence one connection holds the write lock while another copies.
public final class Checkpoint {
    private let guardian: Connection
    private let copier: Connection

    /// Opens the two connections that a checkpoint takes.
    public init(path: String) throws(SQLiteError) {
        guardian = try Connection(path: path, mode: .readWrite)
        copier = try Connection(path: path, mode: .readWrite)
        // What a burst has made of the log is given back when the log begins anew.
        try copier.execute("PRAGMA journal_size_limit = 8388608")
        try guardian.execute("PRAGMA journal_size_limit = 8388608")
        // A connection that has read nothing does not know of the log, and would copy none of it.
        try copier.execute("SELECT 1 FROM sqlite_schema LIMIT 1")
    }

    /// Makes the log as long as it is going to be between two checkpoints, in bytes.
    ///
    /// A commit that makes the file longer takes twice as long as one that writes over what is
    /// there, since the file system then has a size to sync, too. Zeros are no frames to SQLite
    /// (sqlite.org/fileformat2.html, "WAL File Format"). What cannot be had is gone without.
    public func reserve(_ size: Int, path: String) throws {
        // Nobody else may write to the log meanwhile.
        try guardian.run("BEGIN IMMEDIATE")
        defer { guardian.rollBack() }
        let log = open(path + "-wal", O_WRONLY | O_CLOEXEC)
        guard log >= 0 else { return }
        defer { close(log) }
        let end = lseek(log, 0, SEEK_END)
        let zeros = [UInt8](repeating: 0, count: max(0, size - Int(end)))
        if unsafe write(log, zeros, zeros.count) < zeros.count { ftruncate(log, end) }
        fsync(log)
    }

    /// Copies what no reader needs.
    ///
    /// - Returns: pages that are still only in the log.
    @discardableResult
    public func run() throws -> Int {
        try guardian.run("BEGIN IMMEDIATE")
        defer { guardian.rollBack() }
        let (log, copied) = try copier.passiveCheckpoint()
        return log - copied
    }
}
