internal import CLinux
internal import Glibc

/// A process that cannot be mistaken for a later one of the same number (pidfd_open(2)).
public struct ProcessHandle: ~Copyable, Sendable {
    /// Readable once the process has ended.
    public let descriptor: Descriptor
    /// The process's number.
    public let pid: Int32

    /// Takes over an open descriptor of a process.
    public init(owning descriptor: consuming Descriptor, pid: Int32) {
        self.descriptor = descriptor
        self.pid = pid
    }

    /// Opens the process of this number that passes a check; nil where there is none.
    ///
    /// The check sees the process as it is once the descriptor holds it: were it another one, with
    /// the number used again between, the check would see that one.
    public static func open(
        pid: Int32,
        where isMeant: (ProcessStatus) -> Bool
    ) throws(SystemError) -> ProcessHandle? {
        let number: CInt
        do {
            number = try syscall("pidfd_open") { clinux_pidfd_open(pid) }
        } catch  where error.code == ESRCH || error.code == EINVAL {
            return nil
        }
        let descriptor = Descriptor(owning: number)
        guard let status = ProcessStatus(of: pid), isMeant(status) else { return nil }
        return ProcessHandle(owning: descriptor, pid: pid)
    }

    /// Opens the process that has this number and started at this instant.
    public static func open(
        pid: Int32,
        startTime: UInt64
    ) throws(SystemError) -> ProcessHandle? {
        try open(pid: pid) { $0.startTime == startTime }
    }

    /// Sends a signal (pidfd_send_signal(2)); false where the process has ended.
    @discardableResult
    public func send(signal: CInt) throws(SystemError) -> Bool {
        let number = descriptor.number
        do {
            try syscall("pidfd_send_signal") {
                clinux_pidfd_send_signal(number, signal)
            }
        } catch  where error.code == ESRCH {
            return false
        }
        return true
    }

    /// Waits for its end, so many milliseconds at the most; whether it has come.
    public func hasEnded(within milliseconds: CInt) -> Bool {
        var ended = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&ended, 1, milliseconds) > 0
    }

    /// Takes the status of a child that has ended (waitid(2), P_PIDFD), without waiting.
    ///
    /// - Returns: whether it had ended; true also where it is nobody's child here.
    public func reap() -> Bool {
        var information = siginfo_t()
        let result = unsafe waitid(
            P_PIDFD,
            id_t(descriptor.number),
            &information,
            WEXITED | WNOHANG
        )
        return result < 0 || information.si_signo != 0
    }
}
