/// Why a job waits, or why it ended as it did, under Slurm's names (squeue(1), JOB REASON CODES).
public enum Reason: String, CaseIterable, Sendable {
    /// Not looked at yet.
    case none = "None"
    /// First in line; what it asks for is not free.
    case resources = "Resources"
    /// Behind another job of higher priority.
    case priority = "Priority"
    /// Waits for another job.
    case dependency = "Dependency"
    /// What it waits for can no longer happen.
    case dependencyNeverSatisfied = "DependencyNeverSatisfied"
    /// Its start time has not come.
    case beginTime = "BeginTime"
    /// Held by its user.
    case jobHeldUser = "JobHeldUser"
    /// Held by an administrator.
    case jobHeldAdmin = "JobHeldAdmin"
    /// The array runs as many tasks at once as it may.
    case jobArrayTaskLimit = "JobArrayTaskLimit"
    /// Could not be brought to life.
    case jobLaunchFailure = "JobLaunchFailure"
    /// Asks for more than this machine has.
    case partitionConfig = "PartitionConfig"
    /// Asks for what is there but not to be had now, such as a GPU in use from outside the queue.
    case reqNodeNotAvail = "ReqNodeNotAvail"
    /// Ended with a status other than 0.
    case nonZeroExitCode = "NonZeroExitCode"
    /// Ended by a signal that nobody here sent.
    case raisedSignal = "RaisedSignal"
    /// Ended at its time limit.
    case timeLimit = "TimeLimit"
    /// The supervisor or the machine went away.
    case nodeFail = "NodeFail"
}
