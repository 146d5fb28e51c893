/// The states of a job, under Slurm's names (squeue(1), JOB STATE CODES).
///
/// The raw value is the word that Slurm prints and that the queue stores.
public enum JobState: String, CaseIterable, Sendable {
    /// Waits to be started.
    case pending = "PENDING"
    /// Holds an allocation.
    case running = "RUNNING"
    /// Holds its memory and stands still, so that another job has its CPUs.
    case suspended = "SUSPENDED"
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
        case .suspended: "S"
        case .completed: "CD"
        case .failed: "F"
        case .cancelled: "CA"
        case .timeout: "TO"
        case .nodeFail: "NF"
        }
    }

    /// Whether an attempt of the job lives: its processes are there.
    public var isAlive: Bool { self == .running || self == .suspended }

    /// Whether a job in this state is over.
    public var isEnded: Bool {
        switch self {
        case .pending, .running, .suspended: false
        case .completed, .failed, .cancelled, .timeout, .nodeFail: true
        }
    }
}
