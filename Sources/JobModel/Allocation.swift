/// Exactly what an attempt holds.
///
/// Its text form, `cpu=0-3 gpu=GPU-1f2e:1000 mem=0:4294967296`, is what the queue stores; GPU amounts
/// are thousandths of the GPU, memory is in bytes by node.
public struct Allocation: Hashable, Sendable {
    /// The cores' hardware threads, all of them held, whether or not the job's mask has all.
    public var cpus: CPUSet
    /// The GPUs by UUID, in the order in which the job counts them.
    public var gpus: [GPUShare]
    /// The memory booked, by node, no node twice; none where none was asked for.
    public var memoryByNode: [MemoryShare]

    /// An allocation of these things.
    public init(cpus: CPUSet, gpus: [GPUShare] = [], memoryByNode: [MemoryShare] = []) {
        self.cpus = cpus
        self.gpus = gpus
        self.memoryByNode = memoryByNode
    }

    /// The memory booked in all.
    public var memory: MemorySize {
        MemorySize(bytes: memoryByNode.reduce(0) { $0 + $1.size.bytes })
    }

    /// A part of one GPU.
    public struct GPUShare: Hashable, Sendable {
        /// The GPU's UUID, such as `GPU-1f2e…`: numbers move, this does not.
        public var uuid: String
        /// Thousandths of the GPU, 1 to 1000.
        public var thousandths: Int

        /// A share of a GPU.
        public init(uuid: String, thousandths: Int) {
            self.uuid = uuid
            self.thousandths = thousandths
        }
    }

    /// Memory of one node.
    public struct MemoryShare: Hashable, Sendable {
        /// The kernel's number of the node; nil for memory of any.
        public var node: Int?
        /// How much of it.
        public var size: MemorySize

        /// Memory of a node.
        public init(node: Int?, size: MemorySize) {
            self.node = node
            self.size = size
        }
    }
}
