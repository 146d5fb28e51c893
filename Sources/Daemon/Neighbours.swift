internal import Glibc
internal import Linux
internal import Logging
internal import QueueStore

/// Other `schedd`s of this machine, which would give out the same cores.
///
/// Each keeps an abstract socket whose name says who it is (unix(7)); nothing is sent.
enum Neighbours {
    private static let prefix = "@sluice-schedd:"

    /// Those that run now, each as `PID PATH`.
    static func running() -> [(pid: String, path: String)] {
        guard let file = try? openFile(in: AT_FDCWD, Array("/proc/net/unix".utf8), O_RDONLY),
            let text = try? file.readToEnd()
        else { return [] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            // The name is the last of eight fields, and the path in it may hold blanks.
            let name = line.split(separator: " ", maxSplits: 7).last ?? ""
            guard name.hasPrefix(prefix) else { return nil }
            let parts = name.dropFirst(prefix.count).split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }

    /// Makes this one known as long as the process lives.
    static func announce(path: String) {
        let number = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array("sluice-schedd:\(getpid()):\(path)".utf8.prefix(100))
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0[1...].copyBytes(from: name)
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.count)
        _ = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, length)
            }
        }
    }
}

extension Daemon {
    /// Warns of others on this machine, and makes this one known.
    func warnOfOthers() {
        for other in Neighbours.running() {
            log.warning(
                "another schedd (pid \(other.pid), state folder \(other.path)) gives out the same cores"
            )
        }
        Neighbours.announce(path: store.folder.path)
    }
}
