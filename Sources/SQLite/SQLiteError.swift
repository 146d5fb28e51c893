internal import CSQLite

/// What SQLite refused, and the statement that it refused.
///
/// Holds no bound values: they may be a user's secrets.
public struct SQLiteError: Error, Equatable {
    /// The extended result code (sqlite.org/rescode.html).
    public let extendedCode: Int32
    /// SQLite's own words.
    public let message: String
    /// The statement or the call; may be empty.
    public let statement: String

    /// A refusal in SQLite's words.
    public init(extendedCode: Int32, message: String, statement: String) {
        self.extendedCode = extendedCode
        self.message = message
        self.statement = statement
    }

    /// The result code without its extension.
    public var code: Int32 { extendedCode & 0xff }

    /// Another process held the database for longer than the whole wait.
    public var isBusy: Bool { code == SQLITE_BUSY }

    /// The file is not a database, or its content contradicts itself.
    public var isCorrupt: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }

    /// The disk is full.
    ///
    /// Without a byte free not even the shared memory of a reader can be made, which SQLite reports
    /// as an I/O error of its own.
    public var isFull: Bool {
        code == SQLITE_FULL || extendedCode == SQLITE_IOERR | (19 << 8)
            || extendedCode == SQLITE_IOERR | (18 << 8)
    }

    /// The file cannot be opened or written by this user.
    public var isUnreadable: Bool {
        code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM
            || code == SQLITE_AUTH
    }

    /// Reading or writing the file failed.
    public var isInputOutput: Bool { code == SQLITE_IOERR }
}

extension SQLiteError: CustomStringConvertible {
    /// Code, words and statement on one line.
    public var description: String {
        statement.isEmpty
            ? "SQLite error \(extendedCode): \(message)"
            : "SQLite error \(extendedCode): \(message), in: \(statement)"
    }
}
