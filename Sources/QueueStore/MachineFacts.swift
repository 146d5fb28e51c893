public import JobModel

/// What the machine has to give out, as `schedd` leaves it for the tools.
public struct MachineFacts: Equatable, Sendable {
    /// One GPU of the machine.
    public struct GPU: Equatable, Sendable {
        /// Its number in PCI bus order, as CUDA_VISIBLE_DEVICES counts.
        public var index: Int
        /// Its UUID.
        public var uuid: String
        /// Its type in lower case, such as `a100`.
        public var type: String
        /// Its memory in bytes.
        public var memoryBytes: Int64
        /// Whether a process from outside the queue is at work on it.
        public var isUsedOutside: Bool

        /// A GPU as found.
        public init(
            index: Int,
            uuid: String,
            type: String,
            memoryBytes: Int64,
            isUsedOutside: Bool
        ) {
            self.index = index
            self.uuid = uuid
            self.type = type
            self.memoryBytes = memoryBytes
            self.isUsedOutside = isUsedOutside
        }
    }

    /// CPUs in the unit of the queue: physical cores, or hardware threads where so configured.
    public var cpus: Int
    /// Memory to give out.
    public var memory: MemorySize
    /// The GPUs in order of their numbers.
    public var gpus: [GPU]

    /// A machine with these things.
    public init(cpus: Int, memory: MemorySize, gpus: [GPU]) {
        self.cpus = cpus
        self.memory = memory
        self.gpus = gpus
    }

    /// What a request asks for beyond all that there is; nil where it can be met some day.
    public func shortage(for request: ResourceRequest) -> Shortage? {
        if request.cpus > cpus { return .cpus(wanted: request.cpus, present: cpus) }
        let wanted: Int64 =
            switch request.memory {
            case .perNode(let size): size.bytes
            case .perCPU(let size): (size * request.cpus).bytes
            case .all, nil: 0
            }
        if wanted > memory.bytes {
            return .memory(wanted: MemorySize(bytes: wanted), present: memory)
        }
        if let gpus = request.gpus {
            let matching = self.gpus.filter { gpus.type == nil || $0.type == gpus.type }
            if gpus.count > matching.count {
                return .gpus(wanted: gpus, present: matching.count, types: self.gpus.map(\.type))
            }
            let largest = matching.map(\.memoryBytes).max() ?? 0
            if let memory = gpus.memory, memory.bytes > largest {
                return .gpuMemory(wanted: gpus, largest: MemorySize(bytes: largest))
            }
        }
        return nil
    }
}

/// A request for more than the machine has.
public enum Shortage: Equatable, Sendable {
    /// More CPUs.
    case cpus(wanted: Int, present: Int)
    /// More memory.
    case memory(wanted: MemorySize, present: MemorySize)
    /// More GPUs, or a type that is not there.
    case gpus(wanted: GPURequest, present: Int, types: [String])
    /// More of a GPU's memory than any has; 0 bytes where none tells what it has.
    case gpuMemory(wanted: GPURequest, largest: MemorySize)
}

extension Shortage: CustomStringConvertible {
    /// What is asked for and what there is, on one line.
    public var description: String {
        switch self {
        case .cpus(let wanted, let present):
            return "\(wanted) CPUs are asked for, this machine has \(present)"
        case .memory(let wanted, let present):
            return "\(wanted) of memory is asked for, this machine has \(present)"
        case .gpus(let wanted, let present, let types):
            let kind = wanted.type.map { " of type '\($0)'" } ?? ""
            let known = types.isEmpty || present > 0 ? "" : "; it has \(Self.list(types))"
            let asked = wanted.count == 1 ? "a GPU\(kind) is" : "\(wanted.count) GPUs\(kind) are"
            return "\(asked) asked for, this machine has "
                + (present == 0 ? "none" : String(present)) + known
        case .gpuMemory(let wanted, let largest):
            let kind = wanted.type.map { " of type '\($0)'" } ?? ""
            let asked = "\(wanted.memory.map { "\($0)" } ?? "all") of a GPU's memory is asked for, "
            return asked
                + (largest.bytes == 0
                    ? "no GPU\(kind) here tells what it has; [[gpu]] in schedd.toml can"
                    : "the largest GPU\(kind) has \(largest)")
        }
    }

    private static func list(_ types: [String]) -> String {
        var counts: [(type: String, count: Int)] = []
        for type in types {
            if let index = counts.firstIndex(where: { $0.type == type }) {
                counts[index].count += 1
            } else {
                counts.append((type, 1))
            }
        }
        return counts.map { "\($0.count) of type '\($0.type)'" }.joined(separator: ", ")
    }
}
