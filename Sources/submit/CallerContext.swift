import CommandLineSupport
import Glibc
import JobModel
import Linux

/// What a job takes over from the process that submits it.
struct CallerContext {
    var uid: UInt32
    var gid: UInt32
    var workDirectory: ByteString
    var environment: [ByteString]
    var umask: UInt32
    var limits: [JobDescription.ResourceLimit]

    /// The context of this process.
    ///
    /// - Throws: where the current folder cannot be told, such as one that was removed.
    init() throws(SubmitError) {
        uid = getuid()
        gid = getgid()
        environment = Program.environment
        // The mask can only be read by setting it (umask(2)).
        umask = Glibc.umask(0o077)
        _ = Glibc.umask(umask)
        limits = Self.currentLimits
        do {
            workDirectory = try Self.currentFolder()
        } catch {
            throw .noCurrentFolder(error)
        }
    }

    /// The value of an environment variable; nil where it is not set.
    func variable(_ name: String) -> ByteString? {
        let start = Array("\(name)=".utf8)
        return environment.first { $0.bytes.starts(with: start) }.map {
            ByteString(Array($0.bytes.dropFirst(start.count)))
        }
    }

    /// A path as it is from the root on.
    func absolutePath(_ path: ByteString) -> ByteString {
        path.bytes.first == UInt8(ascii: "/") ? path : workDirectory.appending(path: path)
    }

    /// Refuses a folder that is not there.
    func requireFolder(_ path: ByteString, for purpose: String) throws(SubmitError) {
        guard FileKind(of: path) == .folder else {
            throw .missingFolder(path, purpose: purpose)
        }
    }

    /// Refuses an output file whose folder is not there, as far as it can be told without marks.
    func requireFolder(
        ofOutput pattern: ByteString?,
        in folder: ByteString
    ) throws(SubmitError) {
        guard let pattern, let slash = pattern.bytes.lastIndex(of: UInt8(ascii: "/")) else {
            return
        }
        let parent = ByteString(Array(pattern.bytes[...slash]))
        let marks = [UInt8(ascii: "%"), UInt8(ascii: "\\")]
        guard !parent.bytes.contains(where: { marks.contains($0) }) else { return }
        let path = slash == 0 ? "/" : ByteString(Array(pattern.bytes[..<slash]))
        let isAbsolute = pattern.bytes.first == UInt8(ascii: "/")
        try requireFolder(
            isAbsolute ? path : folder.appending(path: path),
            for: "the output's folder"
        )
    }

    private static func currentFolder() throws(SystemError) -> ByteString {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let found = unsafe getcwd(&buffer, buffer.count) != nil
        guard found else { throw SystemError(call: "getcwd", code: errno) }
        return ByteString(buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }

    /// The kernel's RLIM_NLIMITS.
    private static let limitCount: CInt = 16

    private static var currentLimits: [JobDescription.ResourceLimit] {
        (0..<limitCount).compactMap { resource in
            var limit = rlimit()
            guard unsafe getrlimit(resource, &limit) == 0 else {
                return nil
            }
            return .init(
                resource: resource,
                soft: UInt64(limit.rlim_cur),
                hard: UInt64(limit.rlim_max)
            )
        }
    }
}

extension ByteString {
    /// The path of something in the folder that this names.
    func appending(path: ByteString) -> ByteString {
        let slash = bytes.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        return ByteString(bytes + slash + path.bytes)
    }

    /// What stands behind the last slash.
    var lastPathComponent: ByteString {
        let end = bytes.lastIndex { $0 != UInt8(ascii: "/") } ?? bytes.startIndex
        return ByteString(
            Array(bytes[...end].split(separator: UInt8(ascii: "/")).last ?? bytes[...])
        )
    }

    /// Calls with the bytes as C reads them.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else {
                preconditionFailure("a C string has its NUL at least")
            }
            return unsafe body(start.assumingMemoryBound(to: CChar.self))
        }
    }
}
