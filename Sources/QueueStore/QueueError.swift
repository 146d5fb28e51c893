public import JobModel
public import Linux
public import SQLite

/// Why the queue could not do what was asked of it.
public enum QueueError: Error {
    /// The state folder cannot be used.
    case folder(path: String, FolderFault)
    /// SQLite refused.
    case database(path: String, SQLiteError)
    /// A file of the state folder could not be used.
    case system(SystemError)
    /// The database was made by another version.
    case version(path: String, found: Int64, expected: Int64)
    /// The file is a database, but not a queue's.
    case foreign(path: String)
    /// The folder has been used, but its database is gone or empty.
    case missing(path: String)
    /// There is no such job.
    case unknownJob(JobReference)
    /// The job is not in a state in which this can be done.
    case wrongState(JobReference, found: JobState, wanted: String)
    /// The job asks for more than the machine has.
    case impossible(Shortage)
    /// `aftercorr` or a task reference names something that is no array.
    case notAnArray(JobID)
    /// Something in the database cannot be what was written.
    case damaged(String)

    /// What is wrong with a state folder.
    public enum FolderFault: Sendable {
        /// It belongs to this user.
        case ownedBy(UInt32)
        /// It lies on a file system of this name, on which the database is not safe.
        case onNetwork(String)
        /// It is not a folder.
        case notAFolder
    }
}

extension QueueError {
    /// Whether the disk had no room; then nothing is changed.
    public var isFull: Bool {
        if case .database(_, let error) = self { error.isFull } else { false }
    }

    /// Whether another process held the queue for longer than the whole wait.
    public var isBusy: Bool {
        if case .database(_, let error) = self { error.isBusy } else { false }
    }
}

extension QueueError: CustomStringConvertible {
    /// One line: what is wrong, and how to go on.
    public var description: String {
        switch self {
        case .folder(let path, .ownedBy(let uid)):
            "the state folder \(path) belongs to uid \(uid); set SLUICE_HOME to a folder of your own"
        case .folder(let path, .onNetwork(let type)):
            "the state folder \(path) is on a network file system (\(type)), where the queue is not"
                + " safe; set SLUICE_HOME to a folder on a local disk"
        case .folder(let path, .notAFolder):
            "the state folder \(path) is not a folder; set SLUICE_HOME to one"
        case .database(let path, let error): Self.words(for: error, path: path)
        case .system(let error): "\(error)"
        case .version(let path, let found, let expected) where found > expected:
            "\(path) was made by a newer Sluice (schema \(found), this one knows \(expected));"
                + " install that version"
        case .version(let path, let found, let expected):
            "\(path) is of an older Sluice (schema \(found), now \(expected));"
                + " start schedd once to bring it up to date"
        case .foreign(let path):
            "\(path) is no queue of Sluice; it is left as it is; set SLUICE_HOME to another folder"
        case .missing(let path):
            "\(path) is missing or empty although its folder has been used; it is not replaced by an"
                + " empty queue: restore it, or remove the folder to begin anew"
        case .unknownJob(let job): "there is no job \(job)"
        case .wrongState(let job, let found, let wanted):
            "job \(job) is \(found.rawValue); \(wanted)"
        case .impossible(let shortage): shortage.description
        case .notAnArray(let id): "job \(id) is not an array"
        case .damaged(let what): "the queue is damaged: \(what) cannot be read"
        }
    }

    private static func words(for error: SQLiteError, path: String) -> String {
        if error.isCorrupt {
            return "\(path) is damaged (\(error.message)); it is left as it is: restore a copy, or"
                + " save what can be read with sqlite3 \(path) .recover"
        }
        if error.isFull { return "the disk of \(path) is full; nothing was changed" }
        if error.isBusy { return "\(path) was in use for a minute; try again" }
        if error.isUnreadable {
            return "\(path) cannot be opened (\(error.message)); check its permissions"
        }
        return "\(path): \(error)"
    }
}
