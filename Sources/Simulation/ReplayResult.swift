/// What became of each job of a workload; times in seconds on the workload's clock.
public struct ReplayResult: Hashable, Sendable {
    /// What became of one job.
    public struct Outcome: Hashable, Sendable {
        /// When it first started.
        public var start: Int64
        /// When it ended.
        public var end: Int64
        /// Whether it first started in front of one that still waited.
        public var isBackfilled: Bool

        /// An outcome.
        public init(start: Int64, end: Int64, isBackfilled: Bool) {
            self.start = start
            self.end = end
            self.isBackfilled = isBackfilled
        }
    }

    /// A time without a break in which a job ran.
    public struct Interval: Hashable, Sendable {
        /// The job, by its place in the workload, counted from 0.
        public var job: Int
        /// When it started, or went on.
        public var start: Int64
        /// When it ended, or was stopped.
        public var end: Int64
        /// The GPUs that it held, by number.
        public var gpus: [Int]

        /// An interval.
        public init(job: Int, start: Int64, end: Int64, gpus: [Int] = []) {
            self.job = job
            self.start = start
            self.end = end
            self.gpus = gpus
        }
    }

    /// For each job of the workload, in the workload's order.
    public var outcomes: [Outcome]
    /// All intervals, in the order of their ends; one a job where nothing was stopped.
    public var intervals: [Interval]
    /// How many jobs first started in front of one that still waited.
    public var backfilled: Int
    /// How many times a running job was stopped for another.
    public var preemptions: Int
    /// How many times a running job had outlived its estimate, which was corrected.
    public var corrections: Int

    /// A result.
    public init(
        outcomes: [Outcome],
        intervals: [Interval],
        backfilled: Int,
        preemptions: Int,
        corrections: Int
    ) {
        self.outcomes = outcomes
        self.intervals = intervals
        self.backfilled = backfilled
        self.preemptions = preemptions
        self.corrections = corrections
    }
}
