public import JobModel

/// The processors and memory nodes of a machine, as a value.
///
/// CPUs are the kernel's numbers of hardware threads; only those that are online appear.
public struct Topology: Hashable, Sendable {
    /// The online CPUs.
    public var online: CPUSet
    /// The online CPUs that this queue may use: what affinity and control groups leave of them.
    public var allowed: CPUSet
    /// All physical cores, allowed or not, ordered by their first CPU; each online CPU is in one.
    public var cores: [Core]
    /// The online CPUs that share a level-3 cache, ordered by the first; empty where none is known.
    public var l3: [CPUSet]
    /// The memory nodes, ordered by number.
    public var nodes: [MemoryNode]
    /// Numbers of the nodes whose memory this queue may use, ascending.
    public var allowedNodes: [Int]

    /// A topology of these parts, which must agree with each other.
    public init(
        online: CPUSet,
        allowed: CPUSet,
        cores: [Core],
        l3: [CPUSet],
        nodes: [MemoryNode],
        allowedNodes: [Int]
    ) {
        self.online = online
        self.allowed = allowed
        self.cores = cores
        self.l3 = l3
        self.nodes = nodes
        self.allowedNodes = allowedNodes
    }

    /// A physical core.
    public struct Core: Hashable, Sendable {
        /// Its online hardware threads.
        public var cpus: CPUSet
        /// The number of its memory node; nil where it belongs to none.
        public var node: Int?
        /// The index of its cache in `Topology.l3`; nil where none is known.
        public var l3: Int?
        /// The kernel's number of its package (socket); nil where none is known.
        public var package: Int?
        /// Its kind on a hybrid machine, 0 the weakest; 0 for all where they are alike.
        public var kind: Int

        /// A core of these threads.
        public init(cpus: CPUSet, node: Int?, l3: Int?, package: Int?, kind: Int = 0) {
            self.cpus = cpus
            self.node = node
            self.l3 = l3
            self.package = package
            self.kind = kind
        }
    }

    /// A memory node (NUMA node); one without CPUs, without memory or without both is possible.
    public struct MemoryNode: Hashable, Sendable {
        /// The kernel's number; there may be gaps.
        public var number: Int
        /// Its online CPUs.
        public var cpus: CPUSet
        /// Its memory; nil where it is not told.
        public var memory: MemorySize?

        /// A node of these CPUs and this memory.
        public init(number: Int, cpus: CPUSet, memory: MemorySize?) {
            self.number = number
            self.cpus = cpus
            self.memory = memory
        }
    }
}
