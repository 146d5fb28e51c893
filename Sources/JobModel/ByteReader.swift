/// Reads a short text byte by byte, from the left.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private let end: Int

    /// Starts at the first byte of a text.
    init(_ text: ByteString) {
        self.init(text.bytes[...])
    }

    /// Starts at the first byte of a part.
    init(_ part: ArraySlice<UInt8>) {
        bytes = part
        position = part.startIndex
        end = part.endIndex
    }

    var isAtEnd: Bool { position == end }

    /// The next byte, which stays there; nil at the end.
    var next: UInt8? { position < end ? bytes[position] : nil }

    /// What is left, which stays there.
    var rest: ArraySlice<UInt8> { bytes[position..<end] }

    /// Takes one byte, whatever it is.
    mutating func take() -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// Takes this byte if it comes next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < end, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Takes decimal digits; nil, with nothing taken, where there is none or the number is over the
    /// limit.
    mutating func takeNumber(upTo limit: Int64 = .max) -> Int64? {
        var value: Int64 = 0
        var ahead = position
        while ahead < end, bytes[ahead].isDigit {
            let (scaled, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = scaled.addingReportingOverflow(Int64(bytes[ahead] & 0x0F))
            guard !overflows, !overflowsToo, sum <= limit else { return nil }
            value = sum
            ahead += 1
        }
        guard ahead > position else { return nil }
        position = ahead
        return value
    }

    /// Takes all bytes that come next and are so; perhaps none.
    mutating func take(while isWanted: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = position
        while position < end, isWanted(bytes[position]) { position += 1 }
        return bytes[start..<position]
    }
}

extension UInt8 {
    /// Whether it is one of `0` to `9`.
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    /// Whether it is a blank of a shell line: space or tab.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    /// Itself, but an ASCII capital as its small letter.
    var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
}

extension Sequence<UInt8> {
    /// Whether it reads like a word of small ASCII letters, in any case.
    func equalsIgnoringCase(_ word: String) -> Bool {
        elementsEqual(word.utf8) { $0.lowercased == $1 }
    }
}
