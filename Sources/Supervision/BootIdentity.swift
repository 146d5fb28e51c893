internal import Glibc
public import Linux

/// One life of one machine or container: processes of another one are all gone.
///
/// The boot id alone stays the same when a container starts again, hence also the pid namespace and
/// the start of its first process.
public struct BootIdentity: Hashable, Sendable {
    /// `BOOTID:NAMESPACE:START`, as the queue stores it.
    public let text: String

    /// An identity as it was stored.
    public init(text: String) {
        self.text = text
    }

    /// The life that this process is part of.
    ///
    /// - Throws: where /proc is not mounted; without it nothing can be told apart.
    public static func current() throws(SystemError) -> BootIdentity {
        let file = try openFile(in: AT_FDCWD, Array(bootIDPath.utf8), O_RDONLY)
        let boot = try file.readToEnd().prefix { $0 != UInt8(ascii: "\n") }
        let namespace = try FileIdentity(
            of: try openFile(in: AT_FDCWD, Array("/proc/self/ns/pid".utf8), O_RDONLY)
        )
        // Under hidepid (proc(5)) others' processes are not seen; then it is 0 in every life.
        let start = ProcessStatus(of: 1)?.startTime ?? 0
        let id = String(decoding: boot, as: UTF8.self)
        return BootIdentity(text: "\(id):\(namespace.inode):\(start)")
    }
}

private let bootIDPath = "/proc/sys/kernel/random/boot_id"
