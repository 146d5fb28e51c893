internal import Glibc
internal import Linux
internal import SQLite

/// The queue in its database: every change of it is one transaction here.
///
/// Used by one thread. Opening makes an empty queue only where there has never been one; a queue
/// that cannot be read is left as it is.
public final class QueueStore {
    /// Where the queue is.
    public let folder: StateFolder
    let db: Connection

    /// Opens the queue of a state folder, or makes it.
    ///
    /// - Parameter migrating: brings a queue of an earlier version to this one, which only the
    ///   holder of the folder's lock may do.
    /// - Throws: ``QueueError``.
    public init(folder: StateFolder, migrating: Bool = false) throws {
        self.folder = folder
        try folder.prepare()
        do {
            if unsafe access(folder.database, F_OK) != 0 { try Self.create(in: folder) }
            db = try Connection(path: folder.database, mode: .readWrite)
            try db.run("PRAGMA synchronous = FULL")
        } catch let error as SQLiteError {
            throw QueueError.database(path: folder.database, error)
        }
        try verify(migrating: migrating)
    }

    /// Runs the body in one write transaction; the changes are on the disk when it returns.
    ///
    /// - Throws: ``QueueError``; then nothing is changed.
    public func write<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try db.immediate(body)
        } catch let error as SQLiteError {
            throw QueueError.database(path: folder.database, error)
        }
    }

    /// Runs the body on one unchanging view of the queue.
    ///
    /// - Throws: ``QueueError``.
    public func read<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try db.snapshot(body)
        } catch let error as SQLiteError {
            throw QueueError.database(path: folder.database, error)
        }
    }

    private func verify(migrating: Bool) throws {
        let path = folder.database
        do {
            let application = try db.first("PRAGMA application_id") { $0.integer(0) } ?? 0
            guard application == Schema.application else {
                var status = stat()
                let isEmpty = unsafe stat(path, &status) == 0 && status.st_size == 0
                throw isEmpty ? QueueError.missing(path: path) : QueueError.foreign(path: path)
            }
            if migrating { try db.immediate { try Migration.run(on: db) } }
            let version = try Migration.version(of: db)
            guard version == Schema.version else {
                throw QueueError.version(path: path, found: version, expected: Schema.version)
            }
        } catch let error as SQLiteError {
            throw QueueError.database(path: path, error)
        }
    }

    /// Makes an empty queue beside its place and links it there whole.
    ///
    /// Hence a database that is empty or half made is never one that we have just begun, and two
    /// processes that do this at once agree on the queue of the first.
    private static func create(in folder: StateFolder) throws {
        if unsafe access(folder.path + "/spool", F_OK) == 0 {
            throw QueueError.missing(path: folder.database)
        }
        let temporary = folder.database + ".new-\(getpid())"
        unlink(temporary)
        defer { unlink(temporary) }
        do {
            let connection = try Connection(path: temporary, mode: .create)
            try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
            try connection.execute(
                """
                BEGIN IMMEDIATE;
                \(Schema.statements)
                PRAGMA application_id = \(Schema.application);
                PRAGMA user_version = \(Schema.version);
                COMMIT;
                """
            )
        }
        if unsafe link(temporary, folder.database) != 0, errno != EEXIST {
            throw QueueError.system(
                SystemError(call: "link", object: folder.database, code: errno)
            )
        }
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }
}
