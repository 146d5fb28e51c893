internal import Glibc
internal import Linux

/// A supervisor as `schedd` holds it, from one attempt that it serves to the next.
public final class SupervisorLink {
    let process: ProcessHandle
    /// How the next attempt goes there; nil for one that another `schedd` has started, and one that
    /// is to leave.
    private var socket: HandoverSocket?

    init(process: consuming ProcessHandle, socket: consuming HandoverSocket?) {
        self.process = process
        self.socket = socket
    }

    /// A descriptor that becomes readable when the supervisor has ended.
    public var pidfd: CInt { process.descriptor.number }

    /// A descriptor that becomes readable when the supervisor has something to tell; nil where it
    /// rings the bell instead.
    public var socketDescriptor: CInt? { socket?.descriptor.number }

    /// Whether it would wait for another attempt.
    public var stays: Bool { socket != nil }

    /// Whether it is known to have ended.
    public private(set) var hasEnded = false

    /// Reaps the supervisor, if it has ended and is the caller's child; whether it has ended.
    @discardableResult
    public func reap() -> Bool {
        hasEnded = hasEnded || process.reap()
        return hasEnded
    }

    /// Takes in what it has told.
    public func hear() {
        if socket?.drain() == false { socket = nil }
    }

    /// Lets the supervisor leave when its attempt is over; at once where it has none.
    public func dismiss() { socket = nil }

    /// Gives it the next attempt; false where it does not take it.
    func send(_ specification: [UInt8], record: borrowing Descriptor) -> Bool {
        guard socket?.send(specification, record: record) == true else { return false }
        // A job may have stopped it.
        _ = try? process.send(signal: SIGCONT)
        return true
    }
}
