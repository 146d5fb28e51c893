public import JobModel
public import Placement
public import Planner

/// What the administrator says; every key may be left out (schedd.toml(5)).
public struct Configuration: Sendable, Equatable {
    /// A GPU of the configuration's own list, in place of those that are found.
    public struct GPU: Sendable, Equatable {
        /// The type in lower case.
        public var type: String
        /// Its UUID; nil to make one of its number.
        public var uuid: String?
        /// Its memory.
        public var memory: MemorySize?
        /// The NUMA node that it is near to.
        public var node: Int?
        /// The way to it through the PCI tree: the host bridge, then the switch; empty to tell none.
        public var path: [String] = []
        /// The numbers of the GPUs that it has NVLinks to, once for each link.
        public var nvlinks: [Int] = []
    }

    /// `unit = "core"` or `"thread"`: what a CPU is in requests.
    public var unit: AllocatableUnits.Unit = .core
    /// CPUs that are not given out.
    public var reservedCPUs = CPUSet()
    /// Memory that is not given out.
    public var reservedMemory = MemorySize(bytes: 0)
    /// In which order jobs start, and what may start in front of one that waits.
    public var scheme = Scheme.plain
    /// Whether run times are predicted from those of earlier jobs.
    public var predictsRunTimes = true
    /// Seconds between TERM and KILL, 0 or more.
    public var killWait: Int64 = 30
    /// Booked for each CPU where a job asks for no memory.
    public var defaultMemoryPerCPU = MemorySize(bytes: 0)
    /// The limit of a job that asks for none.
    public var defaultTime = TimeLimit.unlimited
    /// Whether a job whose supervisor died runs again unless it says otherwise.
    public var requeuesJobs = false
    /// Added to the job's score when memory runs out (proc(5), oom_score_adj), -1000 to 1000.
    public var oomScoreAdjustment: Int32 = 500
    /// The GPUs of the machine; nil to look for them.
    public var gpus: [GPU]?

    /// What holds without a configuration file.
    public init() {}
}

/// A mistake in the configuration file.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The file, the line where it is known, the key, and what was expected.
    public let description: String

    init(_ file: String, line: Int? = nil, _ words: String) {
        description = "\(file)\(line.map { ":\($0)" } ?? ""): \(words)"
    }
}
