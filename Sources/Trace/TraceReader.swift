/// Reads a trace piece by piece, wherever the pieces were cut.
struct TraceReader {
    /// What is read so far.
    private(set) var trace = Trace()
    /// Lines begun so far.
    private var line = 0
    /// The beginning of a line whose end is in a piece to come.
    private var partial: [UInt8] = []
    private var isSkipping = false
    private var isEmpty = true

    /// A line longer than this is no job: 18 numbers of 20 digits take far less.
    private static let longestLine = 16_384

    /// Reads the next piece.
    mutating func read(_ piece: Span<UInt8>) {
        if !piece.isEmpty { isEmpty = false }
        var start = 0
        while start < piece.count {
            let end = Self.lineEnd(in: piece, from: start)
            take(piece.extracting(start..<end), isWhole: end < piece.count)
            start = end + 1
        }
    }

    /// Reads what is left after the last piece, and gives the trace.
    ///
    /// - Throws: a ``TraceError`` where it is no trace.
    mutating func finish() throws(TraceError) -> Trace {
        if isEmpty { throw .empty }
        if !partial.isEmpty { endLine() }
        try trace.check()
        return trace
    }

    private static func lineEnd(in piece: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position < piece.count, piece[position] != UInt8(ascii: "\n") { position += 1 }
        return position
    }

    /// Takes a line, or a part of one.
    private mutating func take(_ part: Span<UInt8>, isWhole: Bool) {
        if isSkipping {
            if isWhole { isSkipping = false }
            return
        }
        if isWhole, partial.isEmpty {
            parse(part)
            return
        }
        for position in part.indices where partial.count <= Self.longestLine {
            partial.append(part[position])
        }
        if isWhole {
            endLine()
        } else if partial.count > Self.longestLine {
            isSkipping = true
            endLine()
        }
    }

    private mutating func endLine() {
        let whole = partial
        partial.removeAll(keepingCapacity: true)
        parse(whole.span)
    }

    private mutating func parse(_ text: Span<UInt8>) {
        line += 1
        guard let first = text.indices.first(where: { !text[$0].isBlank }) else { return }
        if text[first] == UInt8(ascii: ";") {
            readHeader(text.extracting((first + 1)...))
            return
        }
        do throws(BadLine) {
            if text.count > Self.longestLine { throw .tooLong }
            trace.records.append(try TraceRecord(parsing: text))
        } catch {
            trace.badLines += 1
            if trace.firstBadLine == nil { trace.firstBadLine = (line, error) }
        }
    }

    /// Keeps the first mention of what the machine has; -1 stands for what is not known.
    private mutating func readHeader(_ text: Span<UInt8>) {
        if trace.maxProcs == nil { trace.maxProcs = Self.header("maxprocs", in: text) }
        if trace.maxNodes == nil { trace.maxNodes = Self.header("maxnodes", in: text) }
    }

    /// The number behind a header's name, in any case; text may follow it.
    private static func header(_ name: StaticString, in text: Span<UInt8>) -> Int64? {
        var position = 0
        func skipBlanks() {
            while position < text.count, text[position].isBlank { position += 1 }
        }
        skipBlanks()
        let isNamed = name.withUTF8Buffer { letters in
            guard position + letters.count <= text.count else { return false }
            return letters.indices.allSatisfy { text[position + $0] | 0x20 == letters[$0] }
        }
        guard isNamed else { return nil }
        position += name.utf8CodeUnitCount
        skipBlanks()
        guard position < text.count, text[position] == UInt8(ascii: ":") else { return nil }
        position += 1
        skipBlanks()
        var value: Int64 = 0
        while position < text.count {
            let digit = text[position] &- UInt8(ascii: "0")
            guard digit < 10, value <= TraceRecord.largestNumber else { break }
            value = value * 10 + Int64(digit)
            position += 1
        }
        return 1...TraceRecord.largestNumber ~= value ? value : nil
    }
}
