/// How long a job may run.
public enum TimeLimit: Hashable, Sendable {
    /// As long as it likes.
    case unlimited
    /// So many seconds, 1 or more.
    case seconds(Int64)
}
