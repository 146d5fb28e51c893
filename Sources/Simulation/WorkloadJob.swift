/// A job of a workload that is replayed; times in whole seconds on the workload's own clock.
public struct WorkloadJob: Hashable, Sendable {
    /// Its number, which settles ties; no two jobs of a workload have the same.
    public var number: Int64
    /// When it was submitted.
    public var submit: Int64
    /// How long it runs if nothing stops it, 1 or more.
    public var runTime: Int64
    /// How many processors it needs, 1 or more.
    public var processors: Int
    /// The limit that its user gave, 1 or more; nil for none.
    ///
    /// It ends there at the latest.
    public var limit: Int64?
    /// Whose it is, as a number; nil where nobody knows.
    public var user: Int64?
    /// How many GPUs it needs, each a whole one.
    public var gpus: Int
    /// Memory that it books, in bytes.
    public var memory: Int64

    /// A job of a workload.
    public init(
        number: Int64,
        submit: Int64,
        runTime: Int64,
        processors: Int,
        limit: Int64? = nil,
        user: Int64? = nil,
        gpus: Int = 0,
        memory: Int64 = 0
    ) {
        self.number = number
        self.submit = submit
        self.runTime = runTime
        self.processors = processors
        self.limit = limit
        self.user = user
        self.gpus = gpus
        self.memory = memory
    }
}
