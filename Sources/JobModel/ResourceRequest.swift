/// What a job asks for.
public struct ResourceRequest: Hashable, Sendable {
    /// The number of tasks (`-n`), each with `cpusPerTask` CPUs.
    ///
    /// 1 or more; nil where it was not said.
    public var tasks: Int?
    /// CPUs for each task (`-c`).
    ///
    /// 1 or more; nil where it was not said.
    public var cpusPerTask: Int?
    /// `--mem`, `--mem-per-cpu`; nil where it was not said, and then nothing is booked.
    public var memory: MemoryRequest?
    /// `-G`, `--gpus`, `--gres=gpu`; nil for none.
    public var gpus: GPURequest?
    /// `--hint=nomultithread`: one hardware thread of each core in the job's mask.
    public var oneThreadPerCore: Bool

    /// A request; what is not said is as if the user had not said it.
    public init(
        tasks: Int? = nil,
        cpusPerTask: Int? = nil,
        memory: MemoryRequest? = nil,
        gpus: GPURequest? = nil,
        oneThreadPerCore: Bool = false
    ) {
        self.tasks = tasks
        self.cpusPerTask = cpusPerTask
        self.memory = memory
        self.gpus = gpus
        self.oneThreadPerCore = oneThreadPerCore
    }

    /// CPUs in all, in the unit of the queue: tasks times CPUs for each.
    public var cpus: Int { (tasks ?? 1) * (cpusPerTask ?? 1) }
}

/// A number of GPUs, perhaps of one type, or a part of one GPU.
public struct GPURequest: Hashable, Sendable {
    /// How many, 1 or more.
    public var count: Int
    /// The type by name, such as `a100`, compared in lower case; nil takes any.
    public var type: String?
    /// `--gpu-memory`: how much of each one's memory, more than 0 bytes, the rest being for others
    /// that have agreed to share; nil for whole GPUs.
    public var memory: MemorySize?

    /// So many GPUs.
    public init(count: Int, type: String? = nil, memory: MemorySize? = nil) {
        self.count = count
        self.type = type
        self.memory = memory
    }
}
