internal import CSQLite
internal import Glibc

/// One connection to a database file, used by one thread.
///
/// Every connection leaves checkpoints to ``Checkpoint``: the automatic ones of SQLite before
/// 3.51.3 can destroy what another process has just committed (sqlite.org/wal.html, "The WAL-Reset
/// Bug").
public final class Connection {
    /// What may be done with the file.
    public enum Mode: Sendable {
        /// Read and write a file that is there.
        case readWrite
        /// The same, and make the file where there is none.
        case create
    }

    private var handle: OpaquePointer
    private var idle: IdleStatement?

    /// Opens a database.
    ///
    /// - Throws: SQLITE_CANTOPEN where the file is missing or may not be opened. That the file is
    ///   no database shows at the first statement.
    public init(path: String, mode: Mode) throws(SQLiteError) {
        _ = configured
        var opened: OpaquePointer?
        let flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
            | (mode == .create ? SQLITE_OPEN_CREATE : 0)
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let message = unsafe String(cString: sqlite3_errstr(code))
            unsafe sqlite3_close(opened)
            throw SQLiteError(extendedCode: code, message: message, statement: "open")
        }
        unsafe handle = opened
        unsafe csqlite_enforce_foreign_keys(handle)
        unsafe sqlite3_wal_autocheckpoint(handle, 0)
        unsafe sqlite3_busy_handler(handle, { _, tries in waitForOthers(tries) }, nil)
    }

    deinit {
        while let statement = idle {
            unsafe sqlite3_finalize(statement.handle)
            idle = statement.next
        }
        unsafe sqlite3_close(handle)
    }

    /// Rows that the last statement changed.
    public var changes: Int { Int(unsafe sqlite3_changes64(handle)) }

    /// The rowid that the last insertion gave.
    public var lastInsertRowID: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Runs statements that take no values and give no rows, such as a schema or a pragma.
    public func execute(_ statements: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, statements, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, statements) }
    }

    /// Runs a statement and hands each row to the body.
    ///
    /// The statement stays prepared for the next call from the same place.
    public func query(
        _ sql: StaticString,
        _ values: Value...,
        body: (Row) throws -> Void
    ) throws {
        try withStatement(sql, values) { statement in
            while try step(statement, sql) { try body(unsafe Row(handle: statement)) }
        }
    }

    /// The first row of a statement, as the body reads it; nil where there is none.
    ///
    /// Inlined, since a generic function of another module makes the types of each result anew
    /// when the program runs.
    @inlinable
    public func first<Result>(
        _ sql: StaticString,
        _ values: Value...,
        body: (Row) throws -> Result
    ) throws -> Result? {
        var result: Result?
        try withFirstRow(sql, values) { result = try body($0) }
        return result
    }

    @usableFromInline
    func withFirstRow(_ sql: StaticString, _ values: [Value], _ body: (Row) throws -> Void) throws {
        try withStatement(sql, values) { statement in
            if try step(statement, sql) { try body(unsafe Row(handle: statement)) }
        }
    }

    /// Runs a statement that gives no rows; returns how many rows it changed.
    @discardableResult
    public func run(_ sql: StaticString, _ values: Value...) throws -> Int {
        try withStatement(sql, values) { statement in
            while try step(statement, sql) {}
        }
        return changes
    }

    /// Runs the body in a write transaction, committed unless the body throws.
    ///
    /// Takes the write lock at once, so that nothing read inside can be out of date at the commit.
    public func immediate<Result>(_ body: () throws -> Result) throws -> Result {
        try run("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs the body on one unchanging view of the database.
    public func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try run("BEGIN")
        defer { rollBack() }
        return try body()
    }

    /// Copies the write-ahead log's pages into the database as far as no reader needs them.
    ///
    /// - Returns: pages in the log, and pages of it that are copied.
    /// - Important: only safe while another connection holds the write lock.
    func passiveCheckpoint() throws(SQLiteError) -> (log: Int, copied: Int) {
        var log: Int32 = 0
        var copied: Int32 = 0
        let code = unsafe sqlite3_wal_checkpoint_v2(
            handle,
            nil,
            SQLITE_CHECKPOINT_PASSIVE,
            &log,
            &copied
        )
        guard code == SQLITE_OK else { throw error(code, "checkpoint") }
        return (Int(log), Int(copied))
    }

    /// Ends a transaction without its changes; SQLite may have done so already by itself.
    func rollBack() {
        if unsafe sqlite3_get_autocommit(handle) == 0 {
            unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
        }
    }

    private func withStatement(
        _ sql: StaticString,
        _ values: [Value],
        _ body: (OpaquePointer) throws -> Void
    ) throws {
        // Taken out while in use, so that a nested call with the same text gets its own.
        let prepared = try takeIdle(sql) ?? IdleStatement(sql, prepare(sql))
        let statement = unsafe prepared.handle
        defer {
            unsafe sqlite3_reset(statement)
            unsafe sqlite3_clear_bindings(statement)
            prepared.next = idle
            idle = prepared
        }
        for (index, value) in values.enumerated() {
            try bind(value, at: Int32(index + 1), to: statement, sql)
        }
        try unsafe body(statement)
    }

    private func takeIdle(_ sql: StaticString) -> IdleStatement? {
        var before: IdleStatement?
        var candidate = idle
        while let statement = candidate, unsafe statement.text != sql.utf8Start {
            before = statement
            candidate = statement.next
        }
        guard let found = candidate else { return nil }
        if let before { before.next = found.next } else { idle = found.next }
        found.next = nil
        return found
    }

    private func prepare(_ sql: StaticString) throws(SQLiteError) -> OpaquePointer {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            handle,
            UnsafeRawPointer(sql.utf8Start).assumingMemoryBound(to: CChar.self),
            Int32(sql.utf8CodeUnitCount),
            UInt32(SQLITE_PREPARE_PERSISTENT),
            &statement,
            nil
        )
        guard code == SQLITE_OK, let statement = unsafe statement else {
            throw error(code, sql.description)
        }
        return unsafe statement
    }

    private func bind(
        _ value: Value,
        at index: Int32,
        to statement: OpaquePointer,
        _ sql: StaticString
    ) throws(SQLiteError) {
        // SQLITE_TRANSIENT: SQLite keeps a copy.
        let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code =
            switch value {
            case .null: unsafe sqlite3_bind_null(statement, index)
            case .integer(let number): unsafe sqlite3_bind_int64(statement, index, number)
            case .text(let text):
                unsafe sqlite3_bind_text64(
                    statement,
                    index,
                    text,
                    UInt64(text.utf8.count),
                    copied,
                    UInt8(SQLITE_UTF8)
                )
            case .blob(let bytes):
                bytes.isEmpty
                    ? unsafe sqlite3_bind_zeroblob(statement, index, 0)
                    : unsafe sqlite3_bind_blob64(
                        statement,
                        index,
                        bytes,
                        UInt64(bytes.count),
                        copied
                    )
            }
        guard code == SQLITE_OK else { throw error(code, sql.description) }
    }

    private func step(_ statement: OpaquePointer, _ sql: StaticString) throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code, sql.description)
        }
    }

    private func error(_ code: Int32, _ statement: String) -> SQLiteError {
        SQLiteError(
            extendedCode: unsafe sqlite3_extended_errcode(handle) & 0xff == code & 0xff
                ? unsafe sqlite3_extended_errcode(handle) : code,
            message: unsafe String(cString: sqlite3_errmsg(handle)),
            statement: statement
        )
    }
}

/// Done once for the process, before its first connection.
private let configured: Bool = csqlite_configure() == SQLITE_OK

/// A prepared statement that nobody uses now, in a list with the last used first.
///
/// A list of objects: a dictionary's generic types cost a tool a tenth of its time to make.
private final class IdleStatement {
    let text: UnsafePointer<UInt8>
    let handle: OpaquePointer
    var next: IdleStatement?

    init(_ sql: StaticString, _ handle: OpaquePointer) {
        unsafe text = sql.utf8Start
        unsafe self.handle = handle
    }
}

/// Sleeps 1 to 3 ms at random until 60 s have gone by in all.
///
/// SQLite's own waiting grows with each try and starves whoever has waited long.
private func waitForOthers(_ tries: Int32) -> Int32 {
    // A try takes 2 ms on the average.
    guard tries < 30_000 else { return 0 }
    usleep(UInt32.random(in: 1_000...3_000))
    return 1
}
