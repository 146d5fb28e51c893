internal import CLinux
internal import Glibc
internal import JobModel
internal import Linux

/// One end of what connects `schedd` with a supervisor that it has started.
///
/// Down goes the next attempt, as its specification and its locked record; up goes a word that there
/// is something to look at. What was sent before an end closed can still be taken at the other.
struct HandoverSocket: ~Copyable {
    /// The longest message, in bytes; larger specifications go with a supervisor of their own.
    static let longestMessage = 65_536

    let descriptor: Descriptor

    init(owning descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// The numbers of two new ends, close-on-exec.
    static func pair() throws(SystemError) -> (CInt, CInt) {
        var ends: [CInt] = [-1, -1]
        try syscall("socketpair") { unsafe clinux_socket_pair(&ends) }
        return (ends[0], ends[1])
    }

    /// Sends the next attempt; false where the other end cannot take it.
    func send(_ specification: [UInt8], record: borrowing Descriptor) -> Bool {
        guard specification.count <= Self.longestMessage else { return false }
        return unsafe clinux_send(
            descriptor.number,
            specification,
            specification.count,
            record.number
        ) == specification.count
    }

    /// Says that there is something to look at; false where nobody has the other end.
    func nudge() -> Bool {
        let sent = unsafe clinux_send(descriptor.number, [1], 1, -1)
        return sent >= 0 || errno == EAGAIN || errno == ENOBUFS
    }

    /// Takes what is there, for as long as there is something; false once the other end is closed.
    func drain() -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = unsafe recv(descriptor.number, &byte, 1, CInt(MSG_DONTWAIT))
            if count == 0 { return false }
            if count < 0 && errno != ECONNRESET { return true }
        }
    }

    /// Waits for the next attempt; nil where none will come.
    func receive() -> Assignment? {
        var record: CInt = -1
        var specification: [UInt8] = []
        var isThere = true
        repeat {
            specification = unsafe [UInt8](unsafeUninitializedCapacity: Self.longestMessage) {
                buffer,
                filled in
                let count = unsafe clinux_receive(
                    descriptor.number,
                    buffer.baseAddress,
                    buffer.count,
                    &record
                )
                filled = max(0, count)
                // An end that closed with something unread says so once, before what it had sent.
                isThere = count >= 0 || (errno != ECONNRESET && errno != EINTR)
            }
        } while !isThere
        guard record >= 0 else { return nil }
        return Assignment(record: Descriptor(owning: record), specification: specification)
    }
}

/// What a supervisor is given of an attempt.
struct Assignment: ~Copyable {
    /// The record, with its lock.
    let record: Descriptor
    /// An encoded ``LaunchSpecification``.
    let specification: [UInt8]

    /// The record alone.
    consuming func takeRecord() -> Descriptor { record }
}
