extension CPUSet {
    /// The highest CPU number that a list may have; the kernel's own limit is lower.
    public static let largestNumber = 65_535

    /// The CPUs of a list as the kernel writes it, such as `0-3,8`.
    ///
    /// An empty text is an empty set; a line feed at the end is passed over (cpuset(7), List
    /// Format).
    ///
    /// - Throws: a ``ParseError`` for anything else, and for numbers over ``largestNumber``.
    public init(parsing list: ByteString) throws(ParseError) {
        self.init()
        let refusal = ParseError(list, .cpuList)
        var reader = ByteReader(list)
        if reader.isAtEnd || reader.rest.elementsEqual([UInt8(ascii: "\n")]) { return }
        repeat {
            guard let first = reader.takeNumber(upTo: Int64(Self.largestNumber)) else {
                throw refusal
            }
            var last = first
            if reader.take("-") {
                guard let number = reader.takeNumber(upTo: Int64(Self.largestNumber)),
                    number >= first
                else { throw refusal }
                last = number
            }
            for cpu in Int(first)...Int(last) { insert(cpu) }
        } while reader.take(",")
        _ = reader.take("\n")
        guard reader.isAtEnd else { throw refusal }
    }
}

extension CPUSet: CustomStringConvertible {
    /// The list as the kernel writes it, `0-3,8`; empty for an empty set.
    public var description: String {
        var text = ""
        var run: ClosedRange<Int>?
        func add(_ run: ClosedRange<Int>) {
            if !text.isEmpty { text += "," }
            text += String(run.lowerBound)
            if run.count > 1 { text += "-\(run.upperBound)" }
        }
        for cpu in self {
            if let open = run, cpu == open.upperBound + 1 {
                run = open.lowerBound...cpu
            } else {
                if let run { add(run) }
                run = cpu...cpu
            }
        }
        if let run { add(run) }
        return text
    }
}
