internal import Glibc

/// The lock on a folder, which one process has at a time (flock(2)).
///
/// It belongs to the open descriptor of the folder, and goes with it however its process ends.
public enum FolderLock {
    /// Takes it for as long as the folder stays open; false where somebody else has it.
    public static func take(_ folder: borrowing Folder) throws(SystemError) -> Bool {
        let number = folder.descriptor.number
        do {
            try syscall("flock") { flock(number, LOCK_EX | LOCK_NB) }
        } catch  where error.code == EWOULDBLOCK {
            return false
        }
        return true
    }

    /// Whether a process has it, by what the kernel says of its descriptors (proc(5), /proc/pid/fdinfo).
    ///
    /// False also where they are not to be seen.
    public static func isHeld(on folder: borrowing Folder, by pid: Int32) -> Bool {
        guard let identity = try? folder.identity(),
            let files = try? Folder(path: "/proc/\(pid)/fd"),
            let information = try? Folder(path: "/proc/\(pid)/fdinfo"),
            let names = try? information.names()
        else { return false }
        for name in names {
            guard let text = try? information.open(name, O_RDONLY).readToEnd(),
                isLocked(text),
                let file = try? FileIdentity(of: name, in: files, followingLinks: true)
            else { continue }
            if file == identity { return true }
        }
        return false
    }

    /// Whether one of the lines is `lock: 1: FLOCK  ADVISORY  WRITE …`.
    private static func isLocked(_ information: [UInt8]) -> Bool {
        information.split(separator: UInt8(ascii: "\n")).contains { line in
            guard line.starts(with: "lock:".utf8) else { return false }
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            return words.contains { $0.elementsEqual("FLOCK".utf8) }
                && words.contains { $0.elementsEqual("WRITE".utf8) }
        }
    }
}
