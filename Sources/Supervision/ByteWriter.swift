internal import JobModel

/// Puts numbers and texts one after the other into bytes, as ``ByteReader`` takes them out.
///
/// Numbers are little-endian; whatever has no fixed size has its length before it, in 32 bits.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func put(_ flag: Bool) {
        bytes.append(flag ? 1 : 0)
    }

    mutating func put(_ text: ByteString) {
        put(UInt32(text.bytes.count))
        bytes += text.bytes
    }

    mutating func put(_ text: String) {
        put(UInt32(text.utf8.count))
        bytes += text.utf8
    }

    /// A count, then each element.
    mutating func put<Element>(_ list: [Element], _ each: (inout ByteWriter, Element) -> Void) {
        put(UInt32(list.count))
        for element in list { each(&self, element) }
    }

    /// Whether there is a value, then the value.
    mutating func put<Value>(_ value: Value?, _ each: (inout ByteWriter, Value) -> Void) {
        put(value != nil)
        if let value { each(&self, value) }
    }
}
