extension MemorySize {
    /// A size as Slurm reads it: a whole number and `K`, `M`, `G` or `T`, perhaps with a `B`.
    ///
    /// Either case; no unit is MiB. Unlike Slurm, kibibytes are kept as they are and not rounded up
    /// to MiB (sbatch(1), `--mem`).
    ///
    /// - Throws: a ``ParseError`` for anything else, and for what 64 bits cannot count.
    public init(parsing text: ByteString) throws(ParseError) {
        var reader = ByteReader(text)
        let number = reader.takeNumber()
        var shift: Int64 = 20
        if let letter = reader.take() {
            switch letter.lowercased {
            case UInt8(ascii: "k"): shift = 10
            case UInt8(ascii: "m"): shift = 20
            case UInt8(ascii: "g"): shift = 30
            case UInt8(ascii: "t"): shift = 40
            default: throw ParseError(text, .memorySize)
            }
            _ = reader.take("B") || reader.take("b")
        }
        guard let number, reader.isAtEnd, number <= Int64.max >> shift else {
            throw ParseError(text, .memorySize)
        }
        self.init(bytes: number << shift)
    }
}

extension MemorySize: CustomStringConvertible {
    /// The size in the largest unit that leaves no fraction: `0`, `1500K`, `100M`, `1G`.
    ///
    /// What is not a whole number of kibibytes is rounded up to one.
    public var description: String {
        guard bytes > 0 else { return "0" }
        let kibibytes = bytes >> 10 + (bytes & 0x3FF == 0 ? 0 : 1)
        if kibibytes & 0x3FF != 0 { return "\(kibibytes)K" }
        if kibibytes & 0xF_FFFF != 0 { return "\(kibibytes >> 10)M" }
        if kibibytes & 0x3FFF_FFFF != 0 { return "\(kibibytes >> 20)G" }
        return "\(kibibytes >> 30)T"
    }
}

extension MemoryRequest {
    /// The value of `--mem`; 0 is all that the machine has.
    public init(parsing text: ByteString) throws(ParseError) {
        let size = try MemorySize(parsing: text)
        self = size.bytes == 0 ? .all : .perNode(size)
    }

    /// The value of `--mem-per-cpu`; 0 is all that the machine has.
    public init(parsingPerCPU text: ByteString) throws(ParseError) {
        let size = try MemorySize(parsing: text)
        self = size.bytes == 0 ? .all : .perCPU(size)
    }
}

extension MemoryRequest: CustomStringConvertible {
    /// The size as squeue(1) prints it, whether for the job or for a CPU; `0` for all.
    public var description: String {
        switch self {
        case .perNode(let size), .perCPU(let size): size.description
        case .all: "0"
        }
    }
}
