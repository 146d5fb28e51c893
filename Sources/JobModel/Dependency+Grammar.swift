extension Dependency {
    /// `KIND:ID[+MINUTES][:ID…]`, joined by `,` (all of them) or `?` (any of them).
    ///
    /// A kind in any case; a bare id means `afterany`, also behind a comma: `afterok:1,2` is
    /// afterok 1 and afterany 2. Where both `,` and `?` stand, any condition is enough, as in
    /// Slurm. Minutes are for `after` alone (sbatch(1), `--dependency`).
    ///
    /// - Throws: a ``ParseError`` for anything else.
    public init(parsing text: ByteString) throws(ParseError) {
        var reader = ByteReader(text)
        combination = .all
        conditions = []
        while true {
            try Self.read(&reader, of: text, into: &conditions)
            if reader.take("?") {
                combination = .any
            } else if !reader.take(",") {
                break
            }
        }
        guard reader.isAtEnd else { throw ParseError(text, .dependency) }
    }

    /// Reads what stands between two separators.
    private static func read(
        _ reader: inout ByteReader,
        of text: ByteString,
        into conditions: inout [Condition]
    ) throws(ParseError) {
        if reader.next?.isDigit ?? false {
            conditions.append(try condition(.afterany, reading: &reader, of: text))
            return
        }
        let word = reader.take { $0.isLetter }
        guard let kind = Kind.allCases.first(where: { word.equalsIgnoringCase($0.rawValue) }) else {
            throw ParseError(text, .dependency)
        }
        if kind == .singleton {
            conditions.append(Condition(kind: .singleton, job: nil))
            return
        }
        guard reader.next == UInt8(ascii: ":") else { throw ParseError(text, .dependency) }
        while reader.take(":") {
            conditions.append(try condition(kind, reading: &reader, of: text))
        }
    }

    private static func condition(
        _ kind: Kind,
        reading reader: inout ByteReader,
        of text: ByteString
    ) throws(ParseError) -> Condition {
        guard let job = try? JobReference(reading: &reader, of: text) else {
            throw ParseError(text, .dependency)
        }
        guard kind == .after, reader.take("+") else { return Condition(kind: kind, job: job) }
        guard let minutes = reader.takeNumber(upTo: Int64(Int32.max)) else {
            throw ParseError(text, .dependency)
        }
        return Condition(kind: kind, job: job, minutes: Int(minutes))
    }
}

extension Dependency: CustomStringConvertible {
    /// Each condition with its kind: `after:1+5,afterok:2,singleton`.
    public var description: String {
        conditions.map(\.description).joined(separator: combination == .all ? "," : "?")
    }
}

extension Dependency.Condition: CustomStringConvertible {
    /// `afterok:2`, `after:1+5` or `singleton`.
    public var description: String {
        guard let job else { return kind.rawValue }
        return minutes == 0 ? "\(kind.rawValue):\(job)" : "\(kind.rawValue):\(job)+\(minutes)"
    }
}

extension UInt8 {
    /// Whether it is an ASCII letter.
    fileprivate var isLetter: Bool { lowercased &- UInt8(ascii: "a") < 26 }
}
