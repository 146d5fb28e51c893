public import JobModel

/// What a candidate needs to run: its shape.
///
/// Candidates with equal demands are interchangeable to the planner but for their place in the
/// order and their estimate, which is what makes long queues cheap.
public struct Demand: Hashable, Sendable {
    /// Cores, in the unit that the machine is counted in; 0 or more.
    public var cores: Int
    /// Memory booked; 0 bytes where none was asked for.
    public var memory: MemorySize
    /// Whole GPUs, or a share of one; nil for none.
    public var gpus: GPURequest?

    /// A demand for these amounts.
    public init(cores: Int, memory: MemorySize = MemorySize(bytes: 0), gpus: GPURequest? = nil) {
        self.cores = cores
        self.memory = memory
        self.gpus = gpus
    }
}
