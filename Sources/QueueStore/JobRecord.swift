public import JobModel

/// A job as the tools show it: a single job, one task of an array, or a set of waiting tasks.
public struct JobRecord: Sendable {
    /// What only a long listing needs.
    public struct Details: Sendable {
        /// The folder that it starts in.
        public var workDirectory: ByteString
        /// What it runs: the script's name or the program's path, then the arguments.
        public var command: [ByteString]
        /// Absolute path of its standard output, the pattern expanded.
        public var outputPath: ByteString
        /// Absolute path of its standard error; that of the output where they are one.
        public var errorPath: ByteString
        /// Whether its files are added to, not begun anew.
        public var appendsOutput: Bool
        /// What it still waits for, as Slurm writes it; nil for nothing.
        public var dependency: String?
        /// `--comment`.
        public var comment: ByteString?
    }

    /// Its id; of a set of tasks, the array's or the set's own.
    public var id: JobID
    /// The array that it belongs to; nil for a single job.
    public var array: JobID?
    /// The task's index; nil for a single job and a set.
    public var taskIndex: Int?
    /// The indices of a set that have not been started.
    public var waiting: ArrayIndexSet?
    /// How many tasks of the array may run at once.
    public var throttle: Int?
    /// The name as given.
    public var name: ByteString
    /// The user.
    public var uid: UInt32
    /// The user's name; the number where `schedd` has not told it yet.
    public var user: String
    /// Its state.
    public var state: JobState
    /// Why it waits, or why it ended so.
    public var reason: Reason
    /// Higher goes first.
    public var priority: Int64
    /// `--nice`.
    public var nice: Int64
    /// What it asks for.
    public var request: ResourceRequest
    /// How long it may run.
    public var timeLimit: TimeLimit?
    /// What its last attempt holds or held; nil while it waits.
    public var allocation: Allocation?
    /// The GPUs of the allocation that the machine still has.
    public var gpus: [MachineFacts.GPU]
    /// When it was submitted.
    public var submitted: Timestamp
    /// Since when nothing but resources has kept it from starting.
    public var eligible: Timestamp?
    /// When it should start; known only for some that wait.
    public var expectedStart: Timestamp?
    /// When its last attempt was given its allocation.
    public var started: Timestamp?
    /// When it ended.
    public var ended: Timestamp?
    /// Its exit status; nil before its end.
    public var exitCode: Int?
    /// The signal that ended it, 0 for none; nil before its end.
    public var signal: Int?
    /// The microseconds since its start in which it stood still for others.
    public var suspendedMicroseconds: Int64 = 0
    /// Since when it stands still; nil while it does not.
    public var stopped: Timestamp?
    /// The run time that was expected at its start, in seconds; nil where nobody knew.
    public var predictedSeconds: Int64?
    /// How often it has been launched.
    public var attempts: Int
    /// How often it has come to life again.
    public var restarts: Int
    /// Time on CPUs, in microseconds; nil before its end.
    public var cpuMicroseconds: Int64?
    /// Peak memory of one process, in bytes; nil before its end.
    public var maxRSSBytes: Int64?
    /// Who cancelled it, by uid.
    public var cancelledBy: UInt32?
    /// What only a long listing needs; nil where it was not asked for.
    public var details: Details?

    /// Whether it stands for tasks of an array that have no row of their own.
    public var isSet: Bool { array != nil && taskIndex == nil }

    /// How long its last attempt has run, or ran, in microseconds; 0 before it.
    ///
    /// What it stood still does not count, as in Slurm.
    public func elapsedMicroseconds(at now: Timestamp) -> Int64 {
        guard let started else { return 0 }
        let until = ended ?? stopped ?? now
        return max(0, until.microseconds - started.microseconds - suspendedMicroseconds)
    }
}
