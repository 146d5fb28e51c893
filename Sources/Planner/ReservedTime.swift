public import JobModel

/// Capacity that is set aside for a time, so that no run of the queue may hold it then.
public struct ReservedTime: Hashable, Sendable {
    /// When it begins.
    public var start: Instant
    /// When it is over.
    public var end: Instant
    /// Cores set aside, 0 or more.
    public var cores: Int
    /// Memory set aside.
    public var memory: MemorySize
    /// The GPUs set aside, by number.
    public var gpus: Set<Int>

    /// So much from one instant up to another.
    public init(
        from start: Instant,
        until end: Instant,
        cores: Int,
        memory: MemorySize = MemorySize(bytes: 0),
        gpus: Set<Int> = []
    ) {
        self.start = start
        self.end = end
        self.cores = cores
        self.memory = memory
        self.gpus = gpus
    }

    /// The place that it takes in time.
    var place: Timeline.Place {
        let numbers = gpus.filter { 0...Capacity.largestGPUIndex ~= $0 }
        let amounts = Amounts(cores: cores, memory: memory.bytes, gpus: GPUSet(numbers))
        return Timeline.Place(start: start, end: end, amounts: amounts)
    }
}
