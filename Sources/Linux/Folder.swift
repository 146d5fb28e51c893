internal import CLinux
internal import Glibc

/// An open folder, in which files are named without their path, so that no rename of a parent and
/// no link on the way can lead elsewhere.
public struct Folder: ~Copyable, Sendable {
    /// The open folder.
    public let descriptor: Descriptor

    /// Takes over a folder that is already open.
    public init(owning descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Opens a folder by its path, which need not be valid UTF-8 (openat(2), O_DIRECTORY).
    public init(path: [UInt8]) throws(SystemError) {
        descriptor = try openFile(in: AT_FDCWD, path, O_RDONLY | O_DIRECTORY)
    }

    /// Opens a folder by its path.
    public init(path: String) throws(SystemError) {
        try self.init(path: Array(path.utf8))
    }

    /// Opens a file in the folder (openat(2)), close-on-exec.
    ///
    /// - Parameter mode: permissions of a file that is made, before the umask.
    public func open(
        _ name: String,
        _ flags: CInt,
        mode: UInt32 = 0o600
    ) throws(SystemError) -> Descriptor {
        try openFile(in: descriptor.number, Array(name.utf8), flags, mode: mode)
    }

    /// Opens a folder in the folder.
    public func folder(_ name: String) throws(SystemError) -> Folder {
        Folder(owning: try open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
    }

    /// Opens a folder in the folder, which is made where it is missing (mkdirat(2)).
    ///
    /// - Parameter mode: permissions of a folder that is made, before the umask.
    public func makeFolder(_ name: String, mode: UInt32 = 0o700) throws(SystemError) -> Folder {
        do {
            try syscall("mkdir", name) { unsafe mkdirat(descriptor.number, name, mode) }
        } catch  where error.code == EEXIST {
        }
        return try folder(name)
    }

    /// Takes a file out of the folder; one that is not there is no error (unlinkat(2)).
    public func remove(_ name: String) throws(SystemError) {
        try remove(name, 0)
    }

    /// Takes an empty folder out of the folder; one that is not there is no error.
    public func removeFolder(_ name: String) throws(SystemError) {
        try remove(name, AT_REMOVEDIR)
    }

    private func remove(_ name: String, _ flags: CInt) throws(SystemError) {
        do {
            try syscall("unlink", name) { unsafe unlinkat(descriptor.number, name, flags) }
        } catch  where error.code == ENOENT {
        }
    }

    /// Gives a file in the folder another name, in place of whatever had it (renameat(2)).
    public func rename(_ name: String, to other: String) throws(SystemError) {
        let number = descriptor.number
        try syscall("rename", name) { unsafe renameat(number, name, number, other) }
    }

    /// The names in the folder, in no order, without `.` and `..` (readdir(3)).
    public func names() throws(SystemError) -> [String] {
        // A listing moves the offset of its descriptor, so it gets one of its own.
        let own = try openFile(in: descriptor.number, Array(".".utf8), O_RDONLY | O_DIRECTORY)
        guard let listing = unsafe fdopendir(own.number) else {
            throw SystemError(call: "opendir", code: errno)
        }
        // The listing closes it.
        _ = own.release()
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Bytes that the caller may still use of the file system that the folder is on (fstatfs(2)).
    public func freeBytes() throws(SystemError) -> Int64 {
        let number = descriptor.number
        return try syscall("fstatfs") { clinux_free_bytes(number) }
    }

    /// Device and inode (fstat(2)): equal for two descriptors exactly if the folder is the same.
    public func identity() throws(SystemError) -> FileIdentity {
        try FileIdentity(of: descriptor)
    }
}

/// What makes a file itself, whatever its name.
public struct FileIdentity: Hashable, Sendable {
    /// The file system's device number.
    public let device: UInt64
    /// The file's number on it.
    public let inode: UInt64

    /// The identity of an open file (fstat(2)).
    public init(of descriptor: borrowing Descriptor) throws(SystemError) {
        var status = stat()
        let number = descriptor.number
        try syscall("fstat") { unsafe fstat(number, &status) }
        (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// The identity of what a name in a folder stands for now, nil where there is none.
    ///
    /// - Parameter followingLinks: whether that is what a link leads to, and not the link.
    public init?(
        of name: String,
        in folder: borrowing Folder,
        followingLinks: Bool = false
    ) throws(SystemError) {
        var status = stat()
        let number = folder.descriptor.number
        do {
            try syscall("stat", name) {
                unsafe fstatat(number, name, &status, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW)
            }
        } catch  where error.code == ENOENT {
            return nil
        }
        (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
}

/// Opens a file whose path need not be valid UTF-8 (openat(2)), close-on-exec.
///
/// - Parameters:
///   - folder: the number of a folder, or AT_FDCWD.
///   - path: without a terminating NUL.
///   - mode: permissions of a file that is made, before the umask.
public func openFile(
    in folder: CInt,
    _ path: [UInt8],
    _ flags: CInt,
    mode: UInt32 = 0o600
) throws(SystemError) -> Descriptor {
    let terminated = path + [0]
    let number = try syscall("open", String(decoding: path, as: UTF8.self)) {
        unsafe terminated.withUnsafeBytes { bytes in
            unsafe clinux_openat(folder, bytes.baseAddress, flags | O_CLOEXEC, mode)
        }
    }
    return Descriptor(owning: number)
}
