public import JobModel

/// What the machine has to give out.
public struct Capacity: Hashable, Sendable {
    /// One GPU, a dimension of its own.
    public struct GPU: Hashable, Sendable {
        /// The number that plans name it by, 0 to ``Capacity/largestGPUIndex``.
        public var index: Int
        /// Its type by name, such as `a100`, compared in lower case; nil where it has none.
        public var type: String?
        /// Its memory, of which shares may be had; nil where it is given out whole alone.
        public var memory: MemorySize?

        /// A GPU under this number.
        public init(index: Int, type: String? = nil, memory: MemorySize? = nil) {
            self.index = index
            self.type = type
            self.memory = memory
        }
    }

    /// The highest number that a GPU may have.
    public static let largestGPUIndex = 127

    /// Cores, 0 or more.
    public var cores: Int
    /// Memory that may be booked.
    public var memory: MemorySize
    /// The GPUs, no number twice.
    public var gpus: [GPU]

    /// A capacity of these amounts.
    public init(cores: Int, memory: MemorySize, gpus: [GPU] = []) {
        precondition(
            gpus.allSatisfy { 0...Self.largestGPUIndex ~= $0.index },
            "a GPU's number is out of range"
        )
        precondition(Set(gpus.map(\.index)).count == gpus.count, "two GPUs have one number")
        self.cores = cores
        self.memory = memory
        self.gpus = gpus
    }

    /// All of it.
    var amounts: Amounts {
        Amounts(cores: cores, memory: memory.bytes, gpus: GPUSet(gpus.map(\.index)))
    }

    /// What a demand comes to on this machine.
    func needs(of demand: Demand) -> Needs {
        var needs = Needs(cores: demand.cores, memory: demand.memory.bytes)
        guard let request = demand.gpus else { return needs }
        let type = request.type?.lowercased()
        needs.gpuCount = request.count
        var matching = gpus.filter { type == nil || $0.type?.lowercased() == type }
        if let share = request.memory {
            matching.removeAll { $0.memory.map { $0 < share } ?? true }
            needs.gpuShare = share.bytes
            needs.gpuParts = GPUParts(
                matching.map { gpu in
                    let total = gpu.memory?.bytes ?? 0
                    return GPUParts.Part(gpu: gpu.index, held: share.bytes, total: total)
                }
            )
        }
        needs.gpuChoice = GPUSet(matching.map(\.index))
        return needs
    }
}
