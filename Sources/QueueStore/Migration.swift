internal import SQLite

/// What brings a queue of an earlier version to the next one.
///
/// Those that were shipped never change.
enum Migration {
    /// The statements that follow on version 1, on version 2, and so on.
    static let steps = [
        // A constraint is changed in the schema's own table: to make the table anew would delete
        // all that refers to its rows (sqlite.org/lang_altertable.html).
        """
        ALTER TABLE job ADD COLUMN gpu_memory_bytes INTEGER;
        ALTER TABLE attempt ADD COLUMN predicted_s INTEGER;
        ALTER TABLE attempt ADD COLUMN stopped_us INTEGER;
        ALTER TABLE attempt ADD COLUMN suspended_us INTEGER NOT NULL DEFAULT 0;
        DROP INDEX job_open;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(replace(sql,
            '''COMPLETED'', ', '''SUSPENDED'', ''COMPLETED'', '),
            '(''PENDING'', ''RUNNING'')) =', '(''PENDING'', ''RUNNING'', ''SUSPENDED'')) =')
            WHERE type = 'table' AND name = 'job';
        PRAGMA writable_schema = RESET;
        CREATE INDEX job_open ON job (state, priority DESC)
            WHERE state IN ('PENDING', 'RUNNING', 'SUSPENDED');
        """
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
