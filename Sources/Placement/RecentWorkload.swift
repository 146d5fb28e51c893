public import JobModel

/// What jobs have lately asked for: what is likely to be asked for next.
public struct RecentWorkload: Sendable {
    /// What jobs that are alike in cores and GPUs have in common.
    public struct Kind: Hashable, Sendable {
        /// Cores, in the unit that they are counted in.
        public var cores: Int
        /// GPUs or a share of one; nil for none.
        public var gpus: GPURequest?

        /// A kind of jobs.
        public init(cores: Int, gpus: GPURequest?) {
            self.cores = cores
            self.gpus = gpus
        }
    }

    /// How many jobs are remembered.
    public static let length = 256

    private var recent: [Kind] = []
    private var oldest = 0
    /// How many of those remembered are of each kind.
    public private(set) var counts: [Kind: Int] = [:]

    /// Nothing has been asked for yet.
    public init() {}

    /// Remembers a job, and forgets the oldest where it is one too many.
    public mutating func note(_ kind: Kind) {
        if recent.count < Self.length {
            recent.append(kind)
        } else {
            let forgotten = recent[oldest]
            counts[forgotten, default: 0] -= 1
            if counts[forgotten] == 0 { counts[forgotten] = nil }
            recent[oldest] = kind
            oldest = (oldest + 1) % Self.length
        }
        counts[kind, default: 0] += 1
    }
}
