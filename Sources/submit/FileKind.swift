import Glibc
import JobModel

/// What a path leads to.
enum FileKind {
    /// A file, or what is read like one: a pipe, a device.
    case file
    /// A folder.
    case folder

    /// What is there (stat(2)); nil where nothing is, or where it cannot be reached.
    init?(of path: ByteString) {
        var status = stat()
        guard unsafe path.withCString({ unsafe stat($0, &status) }) == 0 else { return nil }
        self = status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    /// Whether a path leads to a file that this user may execute (access(2)).
    static func isExecutable(_ path: ByteString) -> Bool {
        guard FileKind(of: path) == .file else { return false }
        return unsafe path.withCString { unsafe access($0, X_OK) } == 0
    }
}
