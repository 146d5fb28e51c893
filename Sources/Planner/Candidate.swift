public import JobModel

/// A job, or what is left of an array, that may start as soon as there is room.
///
/// Held jobs, and those whose dependency or start time is still open, are no candidates yet.
public struct Candidate: Hashable, Sendable {
    /// The job's or the array's id.
    public var id: JobID
    /// Its priority, which `multifactor` looks at: the highest goes first.
    public var priority: Int64
    /// When it was submitted: among equals the oldest goes first, then the lowest id.
    public var submitted: Instant
    /// What it needs; for an array, what each of its tasks needs.
    public var demand: Demand
    /// How long it is expected to run, in whole seconds, 1 or more; nil where nobody knows.
    ///
    /// What it has run already is part of it. Above 68 years it is as good as unknown.
    public var estimate: Int64?
    /// The limit that ends it, in whole seconds, 1 or more; nil for none.
    ///
    /// Nothing is planned by it but how far an estimate that was too short may be raised, and what
    /// may go in front of one that has waited as long as any may.
    public var limit: Int64?
    /// How long it has run already, in whole seconds, before it was stopped; 0 for an array.
    public var progress: Int64
    /// Whether it may be stopped for another while it runs; not for arrays.
    public var isPreemptible: Bool
    /// The tasks that wait: 1 for a job, up to 4,000,001 for an array.
    public var count: Int
    /// How many tasks of the array may run at once; nil for no bound.
    public var throttle: Int?
    /// Whose it is.
    public var association: Association

    /// A job, or an array of `count` tasks.
    public init(
        id: JobID,
        priority: Int64 = 0,
        submitted: Instant,
        demand: Demand,
        estimate: Int64? = nil,
        limit: Int64? = nil,
        progress: Int64 = 0,
        isPreemptible: Bool = false,
        count: Int = 1,
        throttle: Int? = nil,
        association: Association = Association()
    ) {
        self.id = id
        self.priority = priority
        self.submitted = submitted
        self.demand = demand
        self.estimate = estimate
        self.limit = limit
        self.progress = progress
        self.isPreemptible = isPreemptible
        self.count = count
        self.throttle = throttle
        self.association = association
    }

    /// The same candidate, expected to run no longer than it may.
    var bounded: Candidate {
        guard let limit else { return self }
        var candidate = self
        candidate.estimate = min(estimate ?? limit, limit)
        return candidate
    }
}

/// Whose a candidate is, under the names that Slurm's accounting uses.
public struct Association: Hashable, Sendable {
    /// The user by name.
    public var user: String?
    /// The account that it is charged to.
    public var account: String?
    /// The partition.
    public var partition: String?
    /// The quality of service.
    public var qos: String?

    /// An association; nil for what nobody has said.
    public init(
        user: String? = nil,
        account: String? = nil,
        partition: String? = nil,
        qos: String? = nil
    ) {
        self.user = user
        self.account = account
        self.partition = partition
        self.qos = qos
    }
}
