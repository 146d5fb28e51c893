import Glibc

/// Tells whoever started `schedd` that it is ready.
enum Readiness {
    /// Where the waiting parent of `--background` listens.
    static let variable = "SLUICE_READY_FD"

    /// Whether such a parent waits: then this is what it has started.
    static var isAwaited: Bool { unsafe getenv(variable) != nil }

    static func tell() {
        if let text = unsafe getenv(variable).map({ unsafe String(cString: $0) }),
            let number = CInt(text)
        {
            unsafe write(number, "1", 1)
            close(number)
        }
        unsafe getenv("NOTIFY_SOCKET").map { unsafe notify(String(cString: $0)) }
    }

    /// Sends `READY=1` to the service manager (sd_notify(3)).
    private static func notify(_ path: String) {
        let number = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return }
        defer { close(number) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8.prefix(107))
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let message = "READY=1"
        _ = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(number, message, message.utf8.count, 0, $0, length)
            }
        }
    }
}
