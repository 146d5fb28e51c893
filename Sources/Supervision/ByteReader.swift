internal import JobModel

/// Bytes that are not what a ``ByteWriter`` of this version writes.
struct MalformedBytes: Error {}

/// Takes out of bytes what a ``ByteWriter`` put in, and never reads past their end.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func take(_ count: Int) throws(MalformedBytes) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw MalformedBytes() }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func number<Number: FixedWidthInteger>(
        _: Number.Type = Number.self
    ) throws(MalformedBytes) -> Number {
        var value: Number = 0
        for byte in try take(MemoryLayout<Number>.size).reversed() {
            value = value << 8 | Number(truncatingIfNeeded: byte)
        }
        return value
    }

    mutating func flag() throws(MalformedBytes) -> Bool {
        switch try number(UInt8.self) {
        case 0: false
        case 1: true
        default: throw MalformedBytes()
        }
    }

    mutating func text() throws(MalformedBytes) -> ByteString {
        ByteString(Array(try take(Int(try number(UInt32.self)))))
    }

    mutating func string() throws(MalformedBytes) -> String {
        String(decoding: try take(Int(try number(UInt32.self))), as: UTF8.self)
    }

    mutating func list<Element>(
        _ each: (inout ByteReader) throws(MalformedBytes) -> Element
    ) throws(MalformedBytes) -> [Element] {
        let count = Int(try number(UInt32.self))
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try each(&self)) }
        return elements
    }

    mutating func optional<Value>(
        _ each: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(MalformedBytes) -> Value? {
        try flag() ? try each(&self) : nil
    }

    mutating func texts() throws(MalformedBytes) -> [ByteString] {
        try list { (reader) throws(MalformedBytes) in try reader.text() }
    }

    mutating func optionalText() throws(MalformedBytes) -> ByteString? {
        try flag() ? try text() : nil
    }

    /// Fails where anything is left.
    func finish() throws(MalformedBytes) {
        guard position == bytes.count else { throw MalformedBytes() }
    }
}
