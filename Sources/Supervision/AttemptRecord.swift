internal import Glibc
public import JobModel
public import Linux

/// The file that tells what became of an attempt: four slots of fixed place, each with its length,
/// version and checksum, written in place.
///
/// It has its full size before the launch, so that an end can be written on a full disk, and no
/// rename stands between the end and its being seen. A slot that is empty or torn is as if it had
/// not been written.
public struct AttemptRecord: ~Copyable, Sendable {
    /// The parts of the file.
    enum Slot: Int, CaseIterable {
        /// ``ClaimSlot``, by `schedd`.
        case claim
        /// ``OrderSlot``, by `schedd`.
        case orders
        /// ``RunSlot``, by the supervisor.
        case run
        /// `Outcome`, by the supervisor.
        case exit

        /// Bytes a slot.
        static let size = 1_024

        var offset: Int { rawValue * Self.size }
    }

    /// The file's size in bytes.
    static let size = Slot.allCases.count * Slot.size

    /// The version of the slots that this program writes.
    static let version: UInt16 = 1

    /// How often a slot that does not match its checksum is read again.
    private static let retries = 3

    let descriptor: Descriptor

    init(owning descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// The record that the calling supervisor was started with.
    static func inherited(_ number: CInt) -> AttemptRecord {
        AttemptRecord(owning: Descriptor(owning: number))
    }

    /// Makes room for all slots (posix_fallocate(3)).
    func allocate() throws(SystemError) {
        let code = posix_fallocate(descriptor.number, 0, off_t(Self.size))
        guard code == 0 else { throw SystemError(call: "fallocate", code: code) }
    }

    /// Whose record it is; nil before that was written.
    public func claim() throws(SystemError) -> ClaimSlot? { try read() }

    /// The last order given; nil before the first.
    public func order() throws(SystemError) -> OrderSlot? { try read() }

    /// How far the supervisor has come; nil before it started.
    public func run() throws(SystemError) -> RunSlot? { try read() }

    /// How the attempt ended; nil before it has.
    public func outcome() throws(SystemError) -> Outcome? { try read() }

    /// Writes a slot, in one call and in place.
    func write<Content: SlotContent>(_ content: Content) throws(SystemError) {
        var body = ByteWriter()
        content.write(to: &body)
        var slot = ByteWriter()
        slot.put(Self.version)
        slot.put(UInt16(body.bytes.count))
        slot.put(checksum(slot.bytes + body.bytes))
        precondition(slot.bytes.count + body.bytes.count <= Slot.size, "too long for a slot")
        try descriptor.write(slot.bytes + body.bytes, at: Content.slot.offset)
    }

    private func read<Content: SlotContent>() throws(SystemError) -> Content? {
        // A reader can see half of what a living writer is just writing, but not twice over.
        for _ in 0..<Self.retries {
            let bytes = try descriptor.read(at: Content.slot.offset, count: Slot.size)
            guard bytes.contains(where: { $0 != 0 }) else { return nil }
            if let content: Content = Self.decode(bytes) { return content }
        }
        return nil
    }

    static func decode<Content: SlotContent>(_ bytes: [UInt8]) -> Content? {
        do {
            var head = ByteReader(bytes)
            guard try head.number(UInt16.self) == version else { return nil }
            let length = Int(try head.number(UInt16.self))
            let sum = try head.number(UInt32.self)
            guard 8 + length <= bytes.count else { return nil }
            let body = Array(bytes[8..<(8 + length)])
            guard checksum(Array(bytes[..<4]) + body) == sum else { return nil }
            var reader = ByteReader(body)
            let content = try Content(from: &reader)
            try reader.finish()
            return content
        } catch {
            return nil
        }
    }
}
