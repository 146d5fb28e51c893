internal import Glibc

/// On which side of its column a text stands.
public enum Alignment: Sendable {
    /// Blanks behind it.
    case left
    /// Blanks before it.
    case right
}

extension OutputBuffer {
    /// Makes what was added since a position exactly so many columns wide: cut, or filled up.
    public mutating func fit(from start: Int, to width: Int, _ alignment: Alignment) {
        let (length, columns) = measure(from: start, upTo: width)
        if start + length < bytes.count { bytes.removeSubrange((start + length)...) }
        pad(by: width - columns, from: start, alignment)
    }

    /// Fills what was added since a position up to so many columns; never cuts.
    public mutating func pad(from start: Int, to width: Int, _ alignment: Alignment) {
        pad(by: width - measure(from: start, upTo: .max).columns, from: start, alignment)
    }

    /// The columns that were added since a position.
    public func columns(from start: Int) -> Int { measure(from: start, upTo: .max).columns }

    private func measure(from start: Int, upTo limit: Int) -> (length: Int, columns: Int) {
        let added = bytes.span.extracting(start..<bytes.count)
        var isASCII = true
        for position in added.indices where added[position] >= 0x80 {
            isASCII = false
            break
        }
        guard isASCII else { return TerminalText.prefix(of: added, columns: limit) }
        let length = Swift.min(added.count, limit)
        return (length, length)
    }

    private mutating func pad(by blanks: Int, from start: Int, _ alignment: Alignment) {
        guard blanks > 0 else { return }
        let length = bytes.count - start
        for _ in 0..<blanks { bytes.append(UInt8(ascii: " ")) }
        guard alignment == .right else { return }
        unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let text = unsafe buffer.baseAddress?.advanced(by: start) else { return }
            unsafe memmove(text + blanks, text, length)
            unsafe memset(text, CInt(UInt8(ascii: " ")), blanks)
        }
    }
}
