public import JobModel

/// Writes JSON into a buffer as it goes (RFC 8259).
///
/// The caller opens and closes in order, and puts a key before each value of an object.
public struct JSONWriter: Sendable {
    /// What is written so far.
    public private(set) var output: OutputBuffer
    private var needsComma = false

    /// A writer that adds to a buffer.
    public init(_ output: OutputBuffer = OutputBuffer()) {
        self.output = output
    }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes an object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes an array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Ends the line.
    public mutating func endLine() { output.append(UInt8(ascii: "\n")) }

    /// The key of the next value; it is the caller's own and holds nothing to be escaped.
    public mutating func key(_ name: StaticString) {
        separate()
        output.append(UInt8(ascii: "\""))
        unsafe output.append(
            raw: Span(_unsafeStart: name.utf8Start, count: name.utf8CodeUnitCount)
        )
        output.append("\":")
        needsComma = false
    }

    /// A string; bytes that are no UTF-8 become U+FFFD, controls are escaped.
    public mutating func string(_ text: Span<UInt8>) {
        separate()
        output.append(UInt8(ascii: "\""))
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte &- 0x20 < 0x5F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
                output.bytes.append(byte)
                position += 1
                continue
            }
            let scalar = UTF8Scalar(in: text, at: position)
            switch scalar.value {
            case nil: output.append("\u{FFFD}")
            case 0x0A: output.append("\\n")
            case 0x09: output.append("\\t")
            case 0x22: output.append("\\\"")
            case 0x5C: output.append("\\\\")
            case let value? where TerminalText.isDangerous(value):
                TerminalText.appendHexadecimal("\\u", value, digits: 4, to: &output)
            default:
                for offset in 0..<scalar.length { output.bytes.append(text[position + offset]) }
            }
            position += scalar.length
        }
        output.append(UInt8(ascii: "\""))
    }

    /// A string from bytes.
    public mutating func string(_ text: ByteString) { string(text.bytes.span) }

    /// A string.
    public mutating func string(_ text: String) { string(ByteString(text)) }

    /// A value that is JSON already.
    public mutating func raw(_ json: String) {
        separate()
        output.append(json)
    }

    /// A whole number.
    @inlinable public mutating func number(_ number: some FixedWidthInteger) {
        add(magnitude: UInt64(truncatingIfNeeded: number.magnitude), isNegative: number < 0)
    }

    @usableFromInline mutating func add(magnitude: UInt64, isNegative: Bool) {
        separate()
        output.append(magnitude: magnitude, isNegative: isNegative, width: 0)
    }

    /// Seconds since the epoch or of a length of time, with six decimal places.
    public mutating func seconds(microseconds: Int64) { millionths(microseconds) }

    /// A number with six decimal places.
    public mutating func millionths(_ number: Int64) {
        separate()
        if number < 0 { output.append(UInt8(ascii: "-")) }
        output.append(number: number.magnitude / 1_000_000)
        output.append(UInt8(ascii: "."))
        output.append(number: number.magnitude % 1_000_000, digits: 6)
    }

    /// True or false.
    public mutating func boolean(_ value: Bool) {
        separate()
        output.append(value ? "true" : "false")
    }

    /// Nothing.
    public mutating func null() {
        separate()
        output.append("null")
    }

    private mutating func separate() {
        if needsComma { output.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        output.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        output.append(bracket)
        needsComma = true
    }
}
