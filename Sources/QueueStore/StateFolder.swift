internal import CLinux
internal import Glibc
internal import Linux

/// The folder that holds the queue, the spool and the bell.
public struct StateFolder: Sendable {
    /// Its absolute path.
    public let path: String

    /// The folder at a path; see ``prepare()``.
    public init(path: String) {
        self.path = path
    }

    /// Where the queue is, for this user and environment.
    ///
    /// `$SLUICE_HOME`, else `/var/lib/sluice` for root, else `~/.local/state/sluice`.
    public static var standard: StateFolder {
        if let home = variable("SLUICE_HOME"), !home.isEmpty {
            return StateFolder(path: absolute(home))
        }
        if geteuid() == 0 { return StateFolder(path: "/var/lib/sluice") }
        return StateFolder(path: (variable("HOME") ?? "/") + "/.local/state/sluice")
    }

    /// The database file.
    public var database: String { path + "/queue.db" }

    /// Makes the folder with mode 0700 where it is missing, and checks that it can hold a queue.
    ///
    /// - Throws: ``QueueError/folder(path:_:)`` where it belongs to another user, is no folder, or
    ///   lies on a network file system; a system error where it cannot be made.
    public func prepare() throws {
        var status = stat()
        if unsafe stat(path, &status) != 0 {
            try makeParents()
            if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
                throw QueueError.system(SystemError(call: "mkdir", object: path, code: errno))
            }
            try found(syscall("stat", path) { unsafe stat(path, &status) })
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw QueueError.folder(path: path, .notAFolder)
        }
        guard status.st_uid == geteuid() else {
            throw QueueError.folder(path: path, .ownedBy(status.st_uid))
        }
        if let name = Self.unsafeFileSystem(unsafe clinux_file_system_type(path)) {
            throw QueueError.folder(path: path, .onNetwork(name))
        }
    }

    private func found(_ result: @autoclosure () throws -> CInt) throws {
        do { _ = try result() } catch let error as SystemError { throw QueueError.system(error) }
    }

    private func makeParents() throws {
        var parent = ""
        for component in path.split(separator: "/").dropLast() {
            parent += "/" + component
            if unsafe mkdir(parent, 0o755) != 0, errno != EEXIST {
                throw QueueError.system(SystemError(call: "mkdir", object: parent, code: errno))
            }
        }
    }

    /// The name of a file system on which locks or shared memory are not safe; nil for others.
    ///
    /// - Parameter type: `f_type` of statfs(2).
    static func unsafeFileSystem(_ type: UInt32) -> String? {
        switch type {
        case 0x6969: "nfs"
        case 0xFF53_4D42: "cifs"
        case 0xFE53_4D42: "smb2"
        case 0x517B: "smb"
        case 0x6573_5546: "fuse"
        case 0x0102_1997: "9p"
        case 0x00C3_6400: "ceph"
        case 0x0BD0_0BD0: "lustre"
        case 0x5346_414F: "afs"
        default: nil
        }
    }

    private static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }
}
