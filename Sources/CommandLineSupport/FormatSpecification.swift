public import JobModel

/// The columns of a listing, as Slurm's `-o` describes them: `%.18i %j|%T` (squeue(1)).
public struct FormatSpecification: Sendable {
    /// A part of a line.
    public enum Part: Equatable, Sendable {
        /// Bytes that stand in every line.
        case text(ByteString)
        /// A field by its letter; a width cuts and fills.
        case field(UInt8, width: Int?, Alignment)
    }

    /// The parts in order.
    public let parts: [Part]

    /// The widest column that can be asked for.
    public static let widestColumn = 10_000

    /// Reads a format: `%[[.]WIDTH]LETTER`, and `%%` for the character itself.
    ///
    /// A width fills on the right; a full stop before it, on the left.
    ///
    /// - Parameter letters: the fields that there are.
    /// - Throws: a ``ParseError`` for any other letter, or a `%` without one.
    public init(parsing text: ByteString, letters: String) throws(ParseError) {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = text.bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                literal.append(byte)
                continue
            }
            var alignment = Alignment.left
            if rest.first == UInt8(ascii: ".") {
                alignment = .right
                rest.removeFirst()
            }
            var width: Int?
            while let digit = rest.first, 0...9 ~= digit &- UInt8(ascii: "0") {
                let number = (width ?? 0) * 10 + Int(digit - UInt8(ascii: "0"))
                width = Swift.min(number, Self.widestColumn)
                rest.removeFirst()
            }
            guard let letter = rest.popFirst() else {
                throw ParseError(text, .format(letters: letters))
            }
            if letter == UInt8(ascii: "%") {
                literal.append(letter)
                continue
            }
            guard letters.utf8.contains(letter) else {
                throw ParseError(text, .format(letters: letters))
            }
            if !literal.isEmpty { parts.append(.text(ByteString(literal))) }
            literal = []
            parts.append(.field(letter, width: width == 0 ? nil : width, alignment))
        }
        if !literal.isEmpty { parts.append(.text(ByteString(literal))) }
        self.parts = parts
    }

    /// The letters of the fields in it, each once, in order.
    public var letters: [UInt8] {
        var letters: [UInt8] = []
        for case .field(let letter, _, _) in parts where !letters.contains(letter) {
            letters.append(letter)
        }
        return letters
    }

    /// Adds one line.
    ///
    /// - Parameters:
    ///   - isColoured: whether styles are shown.
    ///   - cell: adds a field's text, already fit for a terminal, and says how it stands out.
    public func appendLine(
        to buffer: inout OutputBuffer,
        isColoured: Bool = false,
        cell: (UInt8, inout OutputBuffer) -> TextStyle
    ) {
        for part in parts {
            switch part {
            case .text(let text):
                TerminalText.append(text, to: &buffer)
            case .field(let letter, let width, let alignment):
                let start = buffer.bytes.count
                let style = cell(letter, &buffer)
                if let width { buffer.fit(from: start, to: width, alignment) }
                if isColoured { buffer.style(style, from: start) }
            }
        }
        buffer.append(UInt8(ascii: "\n"))
    }
}

extension OutputBuffer {
    /// Gives a style to what was added since a position.
    mutating func style(_ style: TextStyle, from start: Int) {
        guard style != .plain else { return }
        var mark = OutputBuffer()
        style.begin(in: &mark)
        bytes.insert(contentsOf: mark.bytes, at: start)
        style.end(in: &self)
    }
}
