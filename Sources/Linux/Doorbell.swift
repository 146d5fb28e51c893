internal import Glibc

/// The datagram socket `bell` in the state folder, by which `schedd` is told to look.
///
/// A ring carries nothing and may be lost: whoever listens looks on its own from time to time.
public enum Doorbell {
    /// The socket's name in the state folder.
    public static let name = "bell"

    /// Rings without ever waiting; whether somebody has the bell.
    ///
    /// A listener that is stopped, so that its queue is full, counts as somebody.
    /// - Parameter folder: the state folder.
    public static func ring(in folder: borrowing Folder) -> Bool {
        let number = socket(AF_UNIX, datagram, 0)
        guard number >= 0 else { return false }
        let sender = Descriptor(owning: number)
        let sent = withAddress(in: folder) { address, length in
            unsafe sendto(sender.number, nil, 0, CInt(MSG_DONTWAIT), address, length)
        }
        return sent >= 0 || errno == EAGAIN || errno == ENOBUFS
    }

    /// Rings in the state folder of a path; false also where there is no such folder.
    public static func ring(folder path: String) -> Bool {
        guard let folder = try? Folder(path: path) else { return false }
        return ring(in: folder)
    }

    /// The listening end; the socket's file stays when it closes, and nobody answers there.
    public struct Listener: ~Copyable, Sendable {
        /// The socket, not blocking; readable when the bell has rung.
        public let descriptor: Descriptor

        /// Takes the bell of a state folder, in place of a dead listener's.
        ///
        /// Only for the holder of the schedd lock: it would take a living one's bell, too.
        public init(in folder: borrowing Folder) throws(SystemError) {
            try folder.remove(Doorbell.name)
            let number = try syscall("socket") { socket(AF_UNIX, datagram, 0) }
            let listening = Descriptor(owning: number)
            try syscall("bind", Doorbell.name) {
                unsafe withAddress(in: folder) { address, length in
                    unsafe bind(number, address, length)
                }
            }
            descriptor = listening
        }

        /// Takes all rings that have come; whether there was one.
        @discardableResult
        public func drain() -> Bool {
            var rang = false
            var byte: UInt8 = 0
            while unsafe recv(descriptor.number, &byte, 1, 0) >= 0 { rang = true }
            return rang
        }
    }
}

private let datagram =
    CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)

/// Hands out the bell's address by way of /proc/self/fd: a path may be longer than an address.
private func withAddress<Result>(
    in folder: borrowing Folder,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = "/proc/self/fd/\(folder.descriptor.number)/\(Doorbell.name)"
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return unsafe withUnsafePointer(to: &address) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
