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
