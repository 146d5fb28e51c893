internal import CZlib

/// Unpacks gzip's format piece by piece (RFC 1952); several files one behind the other count as one.
struct Inflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private var output = [UInt8](repeating: 0, count: 262_144)
    private var isBetweenMembers = false

    /// The two bytes that a packed file begins with.
    static let magic: [UInt8] = [0x1F, 0x8B]

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe czlib_begin_gunzip(stream)
        precondition(code == Z_OK, "no memory for zlib")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Unpacks the next piece and hands what comes out to the body.
    ///
    /// - Throws: ``TraceError/damaged``.
    mutating func inflate(
        _ input: inout [UInt8],
        _ body: (Span<UInt8>) -> Void
    ) throws(TraceError) {
        var consumed = 0
        while consumed < input.count {
            if isBetweenMembers, try !beginMember(input[consumed]) {
                consumed += 1
                continue
            }
            let (taken, given) = try step(&input, from: consumed)
            consumed += taken
            body(output.span.extracting(first: given))
        }
    }

    /// Says that there is no more to come.
    ///
    /// - Throws: ``TraceError/truncated`` where there should be.
    func finish() throws(TraceError) {
        if !isBetweenMembers { throw .truncated }
    }

    /// Whether another member begins with this byte; zeros fill up a tape's block (gzip(1)).
    private mutating func beginMember(_ byte: UInt8) throws(TraceError) -> Bool {
        if byte == 0 { return false }
        guard byte == Self.magic[0] else { throw .damaged }
        unsafe inflateReset(stream)
        isBetweenMembers = false
        return true
    }

    private mutating func step(
        _ input: inout [UInt8],
        from start: Int
    ) throws(TraceError) -> (taken: Int, given: Int) {
        let room = output.count
        let available = input.count - start
        let stream = unsafe stream
        let code = unsafe input.withUnsafeMutableBufferPointer { bytes in
            unsafe output.withUnsafeMutableBufferPointer { space in
                unsafe stream.pointee.next_in = bytes.baseAddress.map { unsafe $0 + start }
                unsafe stream.pointee.avail_in = UInt32(available)
                unsafe stream.pointee.next_out = space.baseAddress
                unsafe stream.pointee.avail_out = UInt32(room)
                return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            }
        }
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isBetweenMembers = true
        default: throw .damaged
        }
        let taken = available - Int(unsafe stream.pointee.avail_in)
        let given = room - Int(unsafe stream.pointee.avail_out)
        guard taken > 0 || given > 0 || isBetweenMembers else { throw .damaged }
        return (taken, given)
    }
}
