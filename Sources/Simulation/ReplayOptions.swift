public import Planner

/// On what machine, and how, a workload is replayed.
public struct ReplayOptions: Hashable, Sendable {
    /// Where the planner's estimates come from.
    public enum Estimates: String, Hashable, Sendable, CaseIterable {
        /// The user's limit, or the default where there is none.
        case user
        /// The run time itself.
        case perfect
        /// The user's last two ended jobs; as `user` where there are not two.
        case predicted
    }

    /// Policy, backfill and their parameters.
    public var scheme: Scheme
    /// The machine's processors, 1 or more.
    public var processors: Int
    /// The machine's GPUs, 0 to 128.
    public var gpus: Int
    /// The machine's memory in bytes.
    public var memory: Int64
    /// Where the estimates come from.
    public var estimates: Estimates
    /// The estimate of a job without a limit, in seconds, 1 or more.
    public var defaultEstimate: Int64

    /// A replay on so many processors; by default an hour is expected where there is no limit.
    public init(
        scheme: Scheme,
        processors: Int,
        gpus: Int = 0,
        memory: Int64 = .max,
        estimates: Estimates = .user,
        defaultEstimate: Int64 = 3600
    ) {
        self.scheme = scheme
        self.processors = processors
        self.gpus = gpus
        self.memory = memory
        self.estimates = estimates
        self.defaultEstimate = defaultEstimate
    }
}
