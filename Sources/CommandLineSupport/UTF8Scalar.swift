/// One scalar of a UTF-8 text, or one byte that belongs to none (Unicode, table 3-7).
struct UTF8Scalar {
    /// The scalar's number; nil for an invalid byte.
    let value: UInt32?
    /// Its bytes, 1 to 4.
    let length: Int

    /// What stands at a position of a text.
    @inline(__always)
    init(in text: Span<UInt8>, at position: Int) {
        let first = text[position]
        if first < 0x80 {
            self.init(value: UInt32(first), length: 1)
        } else {
            self.init(multibyte: first, in: text, at: position)
        }
    }

    private init(value: UInt32?, length: Int) {
        self.value = value
        self.length = length
    }

    private init(multibyte first: UInt8, in text: Span<UInt8>, at position: Int) {
        let count: Int
        var bounds: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: count = 2
        case 0xE0: (count, bounds) = (3, 0xA0...0xBF)
        case 0xED: (count, bounds) = (3, 0x80...0x9F)
        case 0xE1...0xEF: count = 3
        case 0xF0: (count, bounds) = (4, 0x90...0xBF)
        case 0xF1...0xF3: count = 4
        case 0xF4: (count, bounds) = (4, 0x80...0x8F)
        default: count = 0
        }
        var scalar = UInt32(first) & (count == 2 ? 0x1F : count == 3 ? 0x0F : 0x07)
        guard count > 0, text.count - position >= count else {
            self.init(value: nil, length: 1)
            return
        }
        for offset in 1..<count {
            let byte = text[position + offset]
            guard bounds.contains(byte) else {
                self.init(value: nil, length: 1)
                return
            }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
            bounds = 0x80...0xBF
        }
        self.init(value: scalar, length: count)
    }
}
