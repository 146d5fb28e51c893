public import JobModel

/// The planner's name for one run, from its start to its end.
///
/// Never used again while the planner lives.
public struct RunID: Hashable, Comparable, Sendable {
    /// Counted from 1.
    let number: Int64

    /// Orders by start in the planner.
    public static func < (left: RunID, right: RunID) -> Bool {
        left.number < right.number
    }
}

/// What is to stop and to start now, and who waits first.
public struct Plan: Hashable, Sendable {
    /// A run that is expected to take longer than before.
    public struct Correction: Hashable, Sendable {
        /// The run.
        public var run: RunID
        /// When it is expected to end now.
        public var expectedEnd: Instant
    }

    /// A running job that makes room for another, and waits from now on.
    public struct Stop: Hashable, Sendable {
        /// The job.
        public var job: JobID
        /// The run that is over.
        public var run: RunID
    }

    /// One start.
    public struct Start: Hashable, Sendable {
        /// The candidate; for an array, one of its tasks, whichever the queue takes next.
        public var job: JobID
        /// The run that it has become.
        public var run: RunID
        /// The GPUs that it gets, by number, in ascending order.
        public var gpus: [Int]
        /// Whether it goes in front of one that waits.
        public var isBackfilled: Bool
    }

    /// The first in order of those that cannot start.
    public struct Head: Hashable, Sendable {
        /// The candidate.
        public var job: JobID
        /// When there will be room for it if all runs end as expected; nil where nobody knows.
        public var expectedStart: Instant?
    }

    /// What stops, before anything starts.
    public internal(set) var stops: [Stop] = []
    /// What starts, in this order.
    public internal(set) var starts: [Start] = []
    /// Who waits first; nil where nobody waits that could ever run as things are.
    public internal(set) var head: Head?
    /// The runs that had outlived their estimates, which were raised before anything else.
    public internal(set) var corrections: [Correction] = []
}
