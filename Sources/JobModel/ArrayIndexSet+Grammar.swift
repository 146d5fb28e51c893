extension ArrayIndexSet {
    /// Indices that need more ranges than this are refused.
    public static let mostRanges = 100_000

    /// The indices of a list, `0-9,20-40:4`; brackets around are allowed.
    ///
    /// - Throws: a ``ParseError`` as ``ArraySpecification/init(parsing:)`` does, and for a limit.
    public init(parsing text: ByteString) throws(ParseError) {
        let array = try ArraySpecification(parsing: text)
        guard !text.bytes.contains(UInt8(ascii: "%")) else { throw ParseError(text, .arrayIndices) }
        self = array.indices
    }

    /// Reads a list as far as it goes.
    init(reading reader: inout ByteReader, of text: ByteString) throws(ParseError) {
        var ranges: [Range] = []
        repeat {
            let first = try Self.index(reading: &reader, of: text)
            var last = first
            var step = 1
            if reader.take("-") {
                last = try Self.index(reading: &reader, of: text)
                if reader.take(":") {
                    guard let number = reader.takeNumber(), number > 0 else {
                        throw ParseError(text, .arrayIndices)
                    }
                    step = Swift.min(Int(number), Self.largestIndex + 1)
                }
            }
            guard first <= last else { throw ParseError(text, .arrayIndices) }
            ranges.append(Range(first: first, last: last, step: step))
            guard ranges.count <= Self.mostRanges else {
                throw ParseError(text, .arrayRanges(atMost: Self.mostRanges))
            }
        } while reader.take(",")
        self.init(ranges)
        guard self.ranges.count <= Self.mostRanges else {
            throw ParseError(text, .arrayRanges(atMost: Self.mostRanges))
        }
    }

    private static func index(
        reading reader: inout ByteReader,
        of text: ByteString
    ) throws(ParseError) -> Int {
        if let index = reader.takeNumber(upTo: Int64(largestIndex)) { return Int(index) }
        let isNumber = reader.next?.isDigit ?? false
        throw ParseError(text, isNumber ? .arrayIndexInRange : .arrayIndices)
    }
}

extension ArrayIndexSet: CustomStringConvertible {
    /// Normalised, as Slurm prints it: runs in order, `1-4,8,10`, or one step throughout, `1-100:3`.
    ///
    /// Where Slurm would list many single indices, the step stands there too: `1-100:3,200`.
    public var description: String {
        if ranges.count == 1, ranges[0].step > 1, ranges[0].last - ranges[0].first > 10 {
            return ranges[0].description
        }
        var runs: [Range] = []
        runs.reserveCapacity(ranges.count)
        for range in ranges {
            guard range.step > 1, range.count <= 10 else {
                runs.append(range)
                continue
            }
            for index in stride(from: range.first, through: range.last, by: range.step) {
                runs.append(Range(first: index, last: index))
            }
        }
        runs.sort { $0.first < $1.first }
        var text = ""
        var run = runs.first
        for next in runs.dropFirst() {
            guard let open = run else { continue }
            if open.step == 1, next.step == 1, next.first == open.last + 1 {
                run = Range(first: open.first, last: next.last)
            } else {
                text += "\(open),"
                run = next
            }
        }
        if let run { text += run.description }
        return text
    }
}

extension ArrayIndexSet.Range: CustomStringConvertible {
    /// `7`, `1-4` or `1-100:3`.
    public var description: String {
        if first == last { return "\(first)" }
        return step == 1 ? "\(first)-\(last)" : "\(first)-\(last):\(step)"
    }
}
