internal import Glibc
internal import JobModel
internal import Linux

/// The cgroup of one attempt (cgroups(7), version 2).
///
/// What the job starts cannot leave it, and one write kills it all. It needs no controller.
struct Cgroup: ~Copyable {
    let path: ByteString
    let folder: Folder
    private let name: String
    private let parent: Folder

    /// The longest path that is used, in bytes: it has to fit into a slot.
    static let longestPath = 512

    /// Makes the cgroup of an attempt, or takes over the one that is there.
    init(of attempt: AttemptID, in parentPath: ByteString) throws(SystemError) {
        let name = "\(attempt)"
        let parent = try Folder(path: parentPath.bytes)
        folder = try parent.makeFolder(name, mode: 0o755)
        path = Self.path(of: attempt, in: parentPath)
        self.name = name
        self.parent = parent
    }

    /// Where the cgroup of an attempt is.
    static func path(of attempt: AttemptID, in parent: ByteString) -> ByteString {
        ByteString(parent.bytes + Array("/\(attempt)".utf8))
    }

    /// Opens a cgroup by its path; nil where there is none.
    static func open(_ path: ByteString) throws(SystemError) -> Cgroup? {
        guard let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let name = String(decoding: path.bytes[(slash + 1)...], as: UTF8.self)
        do {
            let parent = try Folder(path: Array(path.bytes[..<slash]))
            let folder = try parent.folder(name)
            return Cgroup(path: path, folder: folder, name: name, parent: parent)
        } catch  where error.code == ENOENT {
            return nil
        }
    }

    private init(
        path: ByteString,
        folder: consuming Folder,
        name: String,
        parent: consuming Folder
    ) {
        self.path = path
        self.folder = folder
        self.name = name
        self.parent = parent
    }

    /// Sends SIGKILL to everything in it, also to what forks meanwhile.
    func kill() throws(SystemError) {
        try folder.open("cgroup.kill", O_WRONLY).write(Array("1".utf8))
    }

    /// Has everything in it stand still, or go on (cgroup.freeze).
    ///
    /// It may take the kernel a moment; see ``isFrozen()``.
    func freeze(_ isFrozen: Bool) throws(SystemError) {
        try folder.open("cgroup.freeze", O_WRONLY).write(Array((isFrozen ? "1" : "0").utf8))
    }

    /// Whether everything in it stands still.
    func isFrozen() throws(SystemError) -> Bool { try says("frozen 1") }

    /// Whether any process in it lives.
    func isPopulated() throws(SystemError) -> Bool { try says("populated 1") }

    private func says(_ words: String) throws(SystemError) -> Bool {
        let events = try folder.open("cgroup.events", O_RDONLY).readToEnd()
        return events.split(separator: UInt8(ascii: "\n")).contains(Array(words.utf8)[...])
    }

    /// The CPU time of all that was ever in it, in microseconds; nil where the kernel does not say.
    func cpuMicroseconds() -> Int64? {
        let key = Array("usage_usec ".utf8)
        guard let text = try? folder.open("cpu.stat", O_RDONLY).readToEnd() else { return nil }
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: key) {
            return Int64(String(decoding: line.dropFirst(key.count), as: UTF8.self))
        }
        return nil
    }

    /// Removes it; false where something in it lives.
    func remove() throws(SystemError) -> Bool {
        do {
            try parent.removeFolder(name)
        } catch  where error.code == EBUSY || error.code == ENOTEMPTY {
            return false
        }
        return true
    }
}
