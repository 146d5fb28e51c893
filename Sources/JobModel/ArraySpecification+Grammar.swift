extension ArraySpecification {
    /// An array as Slurm reads it: `N`, `N-M`, `N-M:STEP` with commas between, then `%LIMIT`.
    ///
    /// Brackets around are allowed, with the limit in them or behind. `%0`, `%-1` and `%` alone are
    /// no limit (sbatch(1), `--array`).
    ///
    /// - Throws: a ``ParseError`` for anything else, for an index over
    ///   ``ArrayIndexSet/largestIndex`` and for indices in more than
    ///   ``ArrayIndexSet/mostRanges`` ranges.
    public init(parsing text: ByteString) throws(ParseError) {
        var reader = ByteReader(text)
        let isBracketed = reader.take("[")
        indices = try ArrayIndexSet(reading: &reader, of: text)
        if isBracketed, reader.next == UInt8(ascii: "]") {
            _ = reader.take()
            throttle = try Self.throttle(reading: &reader, of: text)
        } else {
            throttle = try Self.throttle(reading: &reader, of: text)
            guard !isBracketed || reader.take("]") else { throw ParseError(text, .arrayIndices) }
        }
        guard reader.isAtEnd else { throw ParseError(text, .arrayIndices) }
    }

    private static func throttle(
        reading reader: inout ByteReader,
        of text: ByteString
    ) throws(ParseError) -> Int? {
        guard reader.take("%") else { return nil }
        if reader.isAtEnd || reader.next == UInt8(ascii: "]") { return nil }
        if reader.take("-") {
            guard reader.takeNumber(upTo: 1) == 1 else { throw ParseError(text, .arrayIndices) }
            return nil
        }
        guard let limit = reader.takeNumber() else { throw ParseError(text, .arrayIndices) }
        return limit == 0 ? nil : Int(limit)
    }
}

extension ArraySpecification: CustomStringConvertible {
    /// Normalised, as Slurm prints it: `1-4,8,10%3`.
    public var description: String {
        throttle.map { "\(indices)%\($0)" } ?? indices.description
    }
}
