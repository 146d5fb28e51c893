/// The states of a job, under Slurm's names (squeue(1), JOB STATE CODES).
///
/// The raw value is the word that Slurm prints and that the queue stores.
public enum JobState: String, CaseIterable, Sendable {
    /// Waits to be started.
    case pending = "PENDING"
    /// Holds an allocation.
    case running = "RUNNING"
    /// Ended with exit status 0.
    case completed = "COMPLETED"
    /// Ended with another status, by a signal, or could not be launched.
    case failed = "FAILED"
    /// Ended by its user or an administrator.
    case cancelled = "CANCELLED"
    /// Ended at its time limit.
    case timeout = "TIMEOUT"
    /// Its supervisor or the machine went away under it.
    case nodeFail = "NODE_FAIL"

    /// Slurm's abbreviation, such as `PD` or `R`.
    public var code: String {
        switch self {
        case .pending: "PD"
        case .running: "R"
        case .completed: "CD"
        case .failed: "F"
        case .cancelled: "CA"
        case .timeout: "TO"
        case .nodeFail: "NF"
        }
    }

    /// Whether a job in this state is over.
    public var isEnded: Bool {
        switch self {
        case .pending, .running: false
        case .completed, .failed, .cancelled, .timeout, .nodeFail: true
        }
    }
}
