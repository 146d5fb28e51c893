public import JobModel

/// Everything that a supervisor needs to run an attempt; it looks nothing else up.
public struct LaunchSpecification: Hashable, Sendable {
    /// The attempt.
    public var attempt: AttemptID
    /// Absolute path of the state folder, where the bell and the spool are.
    public var stateFolder: ByteString
    /// What is run.
    public var payload: JobDescription.Payload
    /// The complete environment, `NAME=value` each.
    public var environment: [ByteString]
    /// Absolute path of the folder that the job starts in.
    public var workDirectory: ByteString
    /// Absolute path of standard input.
    public var inputPath: ByteString = "/dev/null"
    /// Absolute path of standard output, its pattern expanded.
    public var outputPath: ByteString
    /// Absolute path of standard error; nil to share the output's file.
    public var errorPath: ByteString?
    /// Files are added to instead of truncated.
    public var appendsOutput = false
    /// The job's file mode mask.
    public var umask: UInt32 = 0o022
    /// The job's limits; one that is above what the daemon itself has is cut to that.
    public var limits: [JobDescription.ResourceLimit] = []
    /// The job's affinity mask; empty to leave it as it is.
    public var affinity = CPUSet()
    /// Counted from the job's start.
    public var timeLimit = TimeLimit.unlimited
    /// Seconds between TERM and KILL.
    public var killWait: Int64 = 30
    /// How much rather than others the job's processes are ended when memory runs out, -1000 to
    /// 1000 (proc(5), oom_score_adj).
    public var oomScoreAdjustment: Int32 = 500
    /// Absolute path of the folder in which the attempt's cgroup is made; nil for none.
    public var cgroupParent: ByteString?

    /// A launch with the least that it needs; the rest is as if nobody had said anything.
    public init(
        attempt: AttemptID,
        stateFolder: ByteString,
        payload: JobDescription.Payload,
        environment: [ByteString],
        workDirectory: ByteString,
        outputPath: ByteString
    ) {
        self.attempt = attempt
        self.stateFolder = stateFolder
        self.payload = payload
        self.environment = environment
        self.workDirectory = workDirectory
        self.outputPath = outputPath
    }
}
