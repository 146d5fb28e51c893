internal import Glibc
public import JobModel
internal import Linux

/// The folder in which a queue's attempts have their cgroups, below the caller's own cgroup.
public enum CgroupParent {
    /// Makes the folder, or finds it; nil where cgroups of version 2 cannot be had: not mounted,
    /// not ours to write, or without `cgroup.kill` (Linux 5.14).
    ///
    /// Mounts nothing. Finds the hierarchy where it is mounted alone and where it stands beside
    /// version 1.
    public static func make(for spool: borrowing Spool) -> ByteString? {
        guard let mount = mountPoint(), let own = ownPath() else { return nil }
        // Such a path leads out of the part of the hierarchy that can be seen.
        guard !own.split(separator: "/").contains("..") else { return nil }
        let base = own == "/" ? mount : mount + own
        let name = "sluice-\(spool.identity.device)-\(spool.identity.inode)"
        let path = "\(base)/\(name)"
        guard path.utf8.count <= Cgroup.longestPath - 64,
            let folder = try? Folder(path: base).makeFolder(name, mode: 0o755),
            (try? folder.open("cgroup.kill", O_WRONLY)) != nil,
            (try? folder.open("cgroup.procs", O_WRONLY)) != nil
        else { return nil }
        return ByteString(path)
    }

    /// Removes the folder of a queue that has no attempt left; does nothing where it has.
    public static func remove(_ path: ByteString) {
        guard let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")),
            let parent = try? Folder(path: Array(path.bytes[..<slash]))
        else { return }
        try? parent.removeFolder(String(decoding: path.bytes[(slash + 1)...], as: UTF8.self))
    }

    /// Where the whole of the unified hierarchy is mounted (proc(5), mountinfo).
    private static func mountPoint() -> String? {
        for line in lines(of: "/proc/self/mountinfo") {
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[3] == "/",
                let separator = fields.firstIndex(of: "-"), separator + 1 < fields.count,
                fields[separator + 1] == "cgroup2", !fields[4].contains("\\")
            else { continue }
            return String(fields[4])
        }
        return nil
    }

    /// The caller's cgroup in the unified hierarchy: the line that starts with `0::`.
    private static func ownPath() -> String? {
        lines(of: "/proc/self/cgroup").first { $0.hasPrefix("0::") }.map { String($0.dropFirst(3)) }
    }

    private static func lines(of path: String) -> [String] {
        guard let file = try? openFile(in: AT_FDCWD, Array(path.utf8), O_RDONLY),
            let text = try? file.readToEnd()
        else { return [] }
        return text.split(separator: UInt8(ascii: "\n")).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
