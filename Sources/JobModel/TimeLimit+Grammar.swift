extension TimeLimit {
    /// A limit as Slurm reads it: `M`, `M:S`, `H:M:S`, `D-H`, `D-H:M`, `D-H:M:S`.
    ///
    /// `0`, `-1`, `infinite` and `unlimited` (in any case) are no limit. A field may be over its
    /// usual bound: `25:00:00` is a day and an hour. Unlike Slurm, seconds are kept as they are
    /// and not rounded up to minutes (sbatch(1), `--time`).
    ///
    /// - Throws: a ``ParseError`` for anything else.
    public init(parsing text: ByteString) throws(ParseError) {
        if text.bytes.equalsIgnoringCase("unlimited") || text.bytes.equalsIgnoringCase("infinite")
            || text.bytes.elementsEqual("-1".utf8)
        {
            self = .unlimited
            return
        }
        guard let seconds = Self.seconds(in: text) else { throw ParseError(text, .timeLimit) }
        self = seconds == 0 ? .unlimited : .seconds(seconds)
    }

    private static func seconds(in text: ByteString) -> Int64? {
        let largestField: Int64 = 1_000_000_000
        var reader = ByteReader(text)
        guard var first = reader.takeNumber(upTo: largestField) else { return nil }
        var days: Int64 = 0
        let hasDays = reader.take("-")
        if hasDays {
            days = first
            guard let hours = reader.takeNumber(upTo: largestField) else { return nil }
            first = hours
        }
        var fields = [first]
        while fields.count < 3, reader.take(":") {
            guard let field = reader.takeNumber(upTo: largestField) else { return nil }
            fields.append(field)
        }
        guard reader.isAtEnd else { return nil }
        let units: [Int64] = hasDays || fields.count == 3 ? [3_600, 60, 1] : [60, 1]
        return zip(fields, units).reduce(days * 86_400) { $0 + $1.0 * $1.1 }
    }
}

extension TimeLimit: CustomStringConvertible {
    /// As squeue(1) prints it: `1:30:00`, `1-02:04:00`, `UNLIMITED`.
    public var description: String {
        switch self {
        case .unlimited: "UNLIMITED"
        case .seconds(let seconds): ElapsedTime(seconds: seconds).description
        }
    }
}
