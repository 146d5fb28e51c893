public import JobModel

/// Text from outside, made fit for a terminal.
///
/// What could break a line, move the cursor, change the terminal or reorder what stands around it
/// is shown as an escape: `\n`, `\x1b`, `\u202e`, and `\xff` for a byte that is no UTF-8.
public enum TerminalText {
    /// Adds bytes; in plain ASCII they are copied as they are.
    public static func append(_ text: Span<UInt8>, to buffer: inout OutputBuffer) {
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte &- 0x20 < 0x5F {
                buffer.bytes.append(byte)
                position += 1
                continue
            }
            let scalar = UTF8Scalar(in: text, at: position)
            if let value = scalar.value {
                if isDangerous(value) {
                    appendEscape(of: value, to: &buffer)
                } else {
                    for offset in 0..<scalar.length {
                        buffer.bytes.append(text[position + offset])
                    }
                }
            } else {
                appendHexadecimal("\\x", UInt32(byte), digits: 2, to: &buffer)
            }
            position += scalar.length
        }
    }

    /// Adds bytes.
    public static func append(_ text: ByteString, to buffer: inout OutputBuffer) {
        append(text.bytes.span, to: &buffer)
    }

    /// Adds a string.
    public static func append(_ text: String, to buffer: inout OutputBuffer) {
        append(ByteString(text), to: &buffer)
    }

    /// The columns that a text takes which holds nothing to be escaped.
    ///
    /// East Asian wide characters and emoji take two, combining characters none.
    public static func width(of text: Span<UInt8>) -> Int {
        prefix(of: text, columns: .max).columns
    }

    /// The longest beginning that takes no more than so many columns.
    static func prefix(of text: Span<UInt8>, columns limit: Int) -> (length: Int, columns: Int) {
        var position = 0
        var columns = 0
        var previous: UInt32 = 0
        while position < text.count {
            let scalar = UTF8Scalar(in: text, at: position)
            let value = scalar.value ?? 0xFFFD
            let width = width(of: value, after: previous)
            guard columns + width <= limit else { break }
            columns += width
            position += scalar.length
            previous = value
        }
        return (position, columns)
    }

    private static func width(of scalar: UInt32, after previous: UInt32) -> Int {
        if scalar < 0x7F { return 1 }
        let zeroWidthJoiner: UInt32 = 0x200D
        if previous == zeroWidthJoiner || previous > 0x2000 && ScalarWidth.isEmojiModifier(scalar) {
            return 0
        }
        return ScalarWidth.of(scalar)
    }

    /// Controls (C0, DEL, C1), line and paragraph separators, and what changes the direction.
    static func isDangerous(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00...0x1F, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
            true
        default: false
        }
    }

    private static func appendEscape(of scalar: UInt32, to buffer: inout OutputBuffer) {
        switch scalar {
        case 0x09: buffer.append("\\t")
        case 0x0A: buffer.append("\\n")
        case 0x0D: buffer.append("\\r")
        case ..<0x80: appendHexadecimal("\\x", scalar, digits: 2, to: &buffer)
        default: appendHexadecimal("\\u", scalar, digits: 4, to: &buffer)
        }
    }

    static func appendHexadecimal(
        _ mark: String,
        _ number: UInt32,
        digits: UInt32,
        to buffer: inout OutputBuffer
    ) {
        buffer.append(mark)
        for digit in stride(from: (digits - 1) * 4, through: 0, by: -4) {
            let value = UInt8(number >> digit & 0xF)
            buffer.append(value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
        }
    }
}
