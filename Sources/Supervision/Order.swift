public import JobModel

/// What a supervisor can be told to do with the job that it runs.
public enum Order: Hashable, Sendable {
    /// End all its processes: TERM, the grace period, KILL.
    case cancel
    /// As ``cancel``, and the job is to run again.
    case requeue
    /// Send a signal to all its processes; SIGKILL is a ``cancel`` without grace.
    case signal(Int32)
    /// Let it run so long, counted from its start.
    case setTimeLimit(TimeLimit)
    /// Stop all its processes where they stand, until it is resumed; its time stands still.
    case suspend
    /// Let what is suspended go on, on these CPUs; on those that it has where there are none.
    case resume(CPUSet)
}
