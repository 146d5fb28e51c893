/// An amount of memory.
public struct MemorySize: Hashable, Comparable, Sendable {
    /// The amount in bytes, 0 or more.
    public var bytes: Int64

    /// So many bytes.
    public init(bytes: Int64) {
        self.bytes = bytes
    }

    /// Orders by amount.
    public static func < (left: MemorySize, right: MemorySize) -> Bool {
        left.bytes < right.bytes
    }

    /// So many times the amount; the largest amount there is where 64 bits cannot count it.
    public static func * (size: MemorySize, count: Int) -> MemorySize {
        let (bytes, overflows) = size.bytes.multipliedReportingOverflow(by: Int64(count))
        return MemorySize(bytes: overflows ? .max : bytes)
    }
}

/// What a job asks of memory.
public enum MemoryRequest: Hashable, Sendable {
    /// `--mem`: for the whole job.
    case perNode(MemorySize)
    /// `--mem-per-cpu`: for each CPU that it asks for.
    case perCPU(MemorySize)
    /// `--mem=0`: all that the machine has.
    case all
}
