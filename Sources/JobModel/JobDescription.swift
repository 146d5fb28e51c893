/// A job as a user describes it: what `submit` puts in the queue.
public struct JobDescription: Hashable, Sendable {
    /// What is run.
    public enum Payload: Hashable, Sendable {
        /// A copy of a script and its argument vector, the name as it was given first; run from the
        /// copy. The vector is empty where the script has no name.
        case script(ByteString, arguments: [ByteString])
        /// A program by absolute path and its argument vector, the name first.
        case command(path: ByteString, arguments: [ByteString])
    }

    /// A soft and a hard limit (getrlimit(2)).
    public struct ResourceLimit: Hashable, Sendable {
        /// The kernel's number of the resource, such as RLIMIT_NOFILE.
        public var resource: Int32
        /// The soft limit; UInt64.max is RLIM_INFINITY.
        public var soft: UInt64
        /// The hard limit; UInt64.max is RLIM_INFINITY.
        public var hard: UInt64

        /// A limit on one resource.
        public init(resource: Int32, soft: UInt64, hard: UInt64) {
            self.resource = resource
            self.soft = soft
            self.hard = hard
        }
    }

    /// The name shown and filtered by.
    public var name: ByteString
    /// The submitting user.
    public var uid: UInt32
    /// The submitting group.
    public var gid: UInt32
    /// What is run.
    public var payload: Payload
    /// `NAME=value` each, with nothing of the queue's own in it yet.
    public var environment: [ByteString]
    /// Absolute path of the folder that the job starts in.
    public var workDirectory: ByteString
    /// Patterns for standard input, output and error, as given; nil for the default.
    public var inputPattern: ByteString?
    /// `-o`; nil for Slurm's default name.
    public var outputPattern: ByteString?
    /// `-e`; nil to share the output's file.
    public var errorPattern: ByteString?
    /// `--open-mode=append`: files are added to instead of truncated.
    public var appendsOutput: Bool
    /// The file mode mask of the submitting process.
    public var umask: UInt32
    /// The submitting process's limits.
    public var limits: [ResourceLimit]
    /// What it asks for.
    public var request: ResourceRequest
    /// `-t`; nil where it was not said.
    public var timeLimit: TimeLimit?
    /// `--priority`; nil for the default.
    public var priority: Int64?
    /// `--nice`: taken off the priority.
    public var nice: Int64
    /// `-H`: does not start before it is released.
    public var isHeld: Bool
    /// `--requeue`, `--no-requeue`; nil for the configuration's default.
    public var allowsRequeue: Bool?
    /// `-a`; nil for a single job.
    public var array: ArrayIndexSet?
    /// `-a …%N`: how many tasks may run at once; nil for no bound.
    public var arrayThrottle: Int?
    /// `-d`; nil for none.
    public var dependency: Dependency?
    /// `--comment`.
    public var comment: ByteString?

    /// A job with the least that it needs; the rest is as if it had not been said.
    public init(
        name: ByteString,
        uid: UInt32,
        gid: UInt32,
        payload: Payload,
        environment: [ByteString],
        workDirectory: ByteString,
        umask: UInt32,
        limits: [ResourceLimit]
    ) {
        self.name = name
        self.uid = uid
        self.gid = gid
        self.payload = payload
        self.environment = environment
        self.workDirectory = workDirectory
        self.umask = umask
        self.limits = limits
        appendsOutput = false
        request = ResourceRequest()
        nice = 0
        isHeld = false
    }
}
