public import JobModel

/// What a record says first: whose it is, and whether it may still come to life.
///
/// Written by `schedd` alone.
public struct ClaimSlot: Hashable, Sendable {
    /// The attempt.
    public var attempt: AttemptID
    /// The life of the machine that it was claimed in.
    public var boot: BootIdentity
    /// Set under the record's lock when nothing had started; a supervisor refuses it then.
    public var isVoid: Bool

    /// A claim that may come to life.
    public init(attempt: AttemptID, boot: BootIdentity, isVoid: Bool = false) {
        self.attempt = attempt
        self.boot = boot
        self.isVoid = isVoid
    }
}

/// An order to a supervisor, with the number that makes it be carried out once.
///
/// Written by `schedd` alone.
public struct OrderSlot: Hashable, Sendable {
    /// Higher than that of every earlier order to this attempt, 1 or more.
    public var number: Int64
    /// What is to be done.
    public var order: Order

    /// A numbered order.
    public init(number: Int64, order: Order) {
        self.number = number
        self.order = order
    }
}

/// What a supervisor says of the attempt that it runs; written by it alone.
public struct RunSlot: Hashable, Sendable {
    /// A process by number and start time (see `ProcessStatus`).
    public struct Process: Hashable, Sendable {
        /// The process's number.
        public var pid: Int32
        /// Clock ticks since the boot.
        public var startTime: UInt64

        /// A process.
        public init(pid: Int32, startTime: UInt64) {
            self.pid = pid
            self.startTime = startTime
        }
    }

    /// The supervisor.
    public var supervisor: Process
    /// The job's first process; nil before it was forked.
    public var job: Process?
    /// Absolute path of the attempt's cgroup; nil where it has none.
    public var cgroup: ByteString?
    /// When the first process was let go; nil before.
    public var startedAt: Timestamp?
    /// The number of the last order carried out; 0 before the first.
    public var lastOrder: Int64
    /// Whether its processes stand still by order.
    public var isSuspended = false

    /// A supervisor that has just started.
    public init(supervisor: Process) {
        self.supervisor = supervisor
        lastOrder = 0
    }
}
