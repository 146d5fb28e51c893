public import JobModel

/// A job, or what is left of an array, that may start as soon as there is room.
///
/// Held jobs, and those whose dependency or start time is still open, are no candidates yet.
public struct Candidate: Hashable, Sendable {
    /// The job's or the array's id.
    public var id: JobID
    /// Its priority: the highest goes first.
    public var priority: Int64
    /// When it was submitted: among equals of priority the oldest goes first, then the lowest id.
    public var submitted: Instant
    /// What it needs; for an array, what each of its tasks needs.
    public var demand: Demand
    /// How long it is expected to run, in whole seconds, 1 or more; nil where nobody knows.
    public var estimate: Int64?
    /// The tasks that wait: 1 for a job, up to 4,000,001 for an array.
    public var count: Int
    /// How many tasks of the array may run at once; nil for no bound.
    public var throttle: Int?

    /// A job, or an array of `count` tasks.
    public init(
        id: JobID,
        priority: Int64 = 0,
        submitted: Instant,
        demand: Demand,
        estimate: Int64? = nil,
        count: Int = 1,
        throttle: Int? = nil
    ) {
        self.id = id
        self.priority = priority
        self.submitted = submitted
        self.demand = demand
        self.estimate = estimate
        self.count = count
        self.throttle = throttle
    }
}
