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

    /// Bytes of version, length and checksum before the content of a slot.
    private static let headSize = 8

    /// How often a slot that does not match its checksum is read again.
    private static let retries = 3

    let descriptor: Descriptor
    /// Part of every checksum, since the file may have been the record of another attempt before.
    private let attempt: AttemptID

    init(owning descriptor: consuming Descriptor, of attempt: AttemptID) {
        self.descriptor = descriptor
        self.attempt = attempt
    }

    /// Makes room for all slots (posix_fallocate(3)).
    func allocate() throws(SystemError) {
        let code = posix_fallocate(descriptor.number, 0, off_t(Self.size))
        guard code == 0 else { throw SystemError(call: "fallocate", code: code) }
    }

    /// Empties all slots.
    func clear() throws(SystemError) {
        try descriptor.write([UInt8](repeating: 0, count: Self.size), at: 0)
    }

    /// Whether the file has a name still (fstat(2)).
    func hasName() throws(SystemError) -> Bool {
        var status = stat()
        let number = descriptor.number
        try syscall("fstat") { unsafe fstat(number, &status) }
        return status.st_nlink > 0
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
        slot.put(sum(slot.bytes, body.bytes))
        precondition(slot.bytes.count + body.bytes.count <= Slot.size, "too long for a slot")
        try descriptor.write(slot.bytes + body.bytes, at: Content.slot.offset)
    }

    private func read<Content: SlotContent>() throws(SystemError) -> Content? {
        // A reader can see half of what a living writer is just writing, but not twice over.
        for _ in 0..<Self.retries {
            let bytes = try descriptor.read(at: Content.slot.offset, count: Slot.size)
            guard bytes.contains(where: { $0 != 0 }) else { return nil }
            if let content: Content = decode(bytes) { return content }
        }
        return nil
    }

    private func sum(_ head: [UInt8], _ body: [UInt8]) -> UInt32 {
        var whole = ByteWriter()
        whole.put(attempt.job.rawValue)
        whole.put(Int64(attempt.number))
        return checksum(whole.bytes + head + body)
    }

    private func decode<Content: SlotContent>(_ bytes: [UInt8]) -> Content? {
        do {
            var head = ByteReader(bytes)
            guard try head.number(UInt16.self) == Self.version else { return nil }
            let length = Int(try head.number(UInt16.self))
            let expected = try head.number(UInt32.self)
            guard Self.headSize + length <= bytes.count else { return nil }
            let body = Array(bytes[Self.headSize..<(Self.headSize + length)])
            guard sum(Array(bytes[..<4]), body) == expected else { return nil }
            var reader = ByteReader(body)
            let content = try Content(from: &reader)
            try reader.finish()
            return content
        } catch {
            return nil
        }
    }
}

/// The content of a slot, as bytes.
protocol SlotContent {
    /// Where its slot is.
    static var slot: AttemptRecord.Slot { get }
    /// Reads the content of a slot.
    init(from reader: inout ByteReader) throws(MalformedBytes)
    /// Writes the content of a slot.
    func write(to writer: inout ByteWriter)
}
