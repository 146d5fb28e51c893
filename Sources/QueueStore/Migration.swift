internal import SQLite

/// What brings a queue of an earlier version to the next one.
///
/// Those that were shipped never change.
enum Migration {
    /// The statements that follow on version 1, on version 2, and so on.
    static let steps = [
        "ALTER TABLE job ADD COLUMN gpu_memory_bytes INTEGER"
    ]

    /// The version of a queue's tables.
    static func version(of db: Connection) throws -> Int64 {
        try db.first("PRAGMA user_version") { $0.integer(0) } ?? 0
    }

    /// Brings a queue to this program's version; within a write transaction.
    ///
    /// Does nothing to one of this version, or of a later one.
    static func run(on db: Connection) throws {
        let version = try version(of: db)
        guard version > 0 else { return }
        for step in steps.dropFirst(Int(clamping: version) - 1) { try db.execute(step) }
        if version < Schema.version { try db.execute("PRAGMA user_version = \(Schema.version)") }
    }
}
