/// What a user writes to name a job: `17`, the task `17_4`, or the tasks `17_[1-3,7]`.
public struct JobReference: Hashable, Sendable {
    /// The job's or the array's id.
    public var id: JobID
    /// The array tasks meant; nil for the whole job.
    public var tasks: ArrayIndexSet?

    /// Names a job or some tasks of an array.
    public init(id: JobID, tasks: ArrayIndexSet? = nil) {
        self.id = id
        self.tasks = tasks
    }
}
