extension Int64 {
    /// A whole number in decimal, with a sign perhaps.
    ///
    /// - Throws: a ``ParseError`` for anything else, and for a number outside the range.
    public init(
        parsing text: ByteString,
        in range: ClosedRange<Int64>
    ) throws(ParseError) {
        var reader = ByteReader(text)
        let isNegative = reader.take("-")
        if !isNegative { _ = reader.take("+") }
        guard let magnitude = reader.takeNumber(), reader.isAtEnd else {
            throw ParseError(text, .number(range))
        }
        let number = isNegative ? -magnitude : magnitude
        guard range.contains(number) else { throw ParseError(text, .number(range)) }
        self = number
    }
}
