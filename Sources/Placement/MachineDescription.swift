public import JobModel

/// A machine as a value: all that the queue gives out.
public struct MachineDescription: Hashable, Sendable {
    /// Processors and memory nodes.
    public var topology: Topology
    /// The memory that jobs may use, all together; 0 bytes where it is not known.
    public var memory: MemorySize
    /// The GPUs, ordered by index.
    public var gpus: [GPU]

    /// A machine of these parts.
    public init(topology: Topology, memory: MemorySize, gpus: [GPU]) {
        self.topology = topology
        self.memory = memory
        self.gpus = gpus
    }
}
