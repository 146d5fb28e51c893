internal import CLinux
internal import Glibc
internal import JobModel
internal import Linux

/// `stepd`: runs one attempt, writes down what becomes of it, and outlives whoever started it.
///
/// One thread and one place where it waits: every signal is blocked, and sigtimedwait(2) tells of
/// children that end (SIGCHLD), of orders (``wakeSignal``) and, by its timeout, of the next
/// deadline.
public struct Supervisor: ~Copyable {
    /// Tells a supervisor that an order stands in its record.
    static let wakeSignal = SIGUSR1

    let specification: LaunchSpecification
    let record: AttemptRecord
    let stateFolder: Folder
    var run: RunSlot
    var course = Course()
    var cgroup: Cgroup?
    /// The wait status of the first process, once it has ended.
    var firstStatus: CInt?
    /// When the first process ended.
    var endedAt: Timestamp?
    /// Where a failed step of the set-up is told.
    var report: Descriptor?
    /// Microseconds of the monotonic clock at which the job was let go.
    var startedAt: Int64 = 0
    var timeLimit: TimeLimit
    /// Microseconds of the monotonic clock at which the job was suspended; nil while it is not.
    var suspendedAt: Int64?
    /// Microseconds of the monotonic clock at which TERM has had its time, or KILL is sent again.
    var nextStep: Int64?
    /// Microseconds between one KILL and the next.
    var killPause: Int64 = 5_000

    /// Runs the attempt that the caller of this program has handed over, to its end.
    ///
    /// - Returns: the exit status of the program: 0 where the end stands in the record.
    public static func main() -> CInt {
        guard fcntl(CInt(clinux_record_descriptor), F_GETFD) >= 0,
            fcntl(CInt(clinux_specification_descriptor), F_GETFD) >= 0
        else {
            let message = "stepd: started by hand; schedd starts it, with the record of a job\n"
            try? Descriptor(owning: 2).write(Array(message.utf8))
            return EX_USAGE
        }
        crashPoint(.supervisorStarted)
        var every = sigset_t()
        unsafe sigfillset(&every)
        unsafe sigprocmask(SIG_BLOCK, &every, nil)
        umask(0o077)
        clinux_become_subreaper()
        do {
            var supervisor = try Supervisor()
            try supervisor.supervise()
            return 0
        } catch {
            // Nobody would read a message; that the record has no end says it all.
            return 1
        }
    }

    private init() throws {
        let bytes = Descriptor(owning: CInt(clinux_specification_descriptor))
        let specification = try LaunchSpecification(
            decoding: bytes.read(at: 0, count: bytes.size())
        )
        let record = AttemptRecord(
            owning: Descriptor(owning: CInt(clinux_record_descriptor)),
            of: specification.attempt
        )
        guard let claim = try record.claim(), claim.attempt == specification.attempt,
            !claim.isVoid, let own = ProcessStatus.own
        else { throw MalformedBytes() }
        var run = RunSlot(supervisor: RunSlot.Process(pid: own.pid, startTime: own.startTime))
        // Before it is there, lest it stay behind.
        run.cgroup = specification.cgroupParent.map { Cgroup.path(of: claim.attempt, in: $0) }
        try record.write(run)
        crashPoint(.supervisorNoted)
        let stateFolder = try Folder(path: specification.stateFolder.bytes)
        self.stateFolder = stateFolder
        self.specification = specification
        self.record = record
        self.run = run
        timeLimit = specification.timeLimit
    }

    private mutating func supervise() throws(SystemError) {
        protectFromMemoryShortage()
        var failure: SystemError?
        do throws(SystemError) {
            // An order may have been here before the supervisor was.
            try carryOutOrder()
            if course.phase == .running { try startJob() }
            if suspendedAt != nil { standStill() }
        } catch {
            failure = error
        }
        if run.job != nil { try watch() }
        try end(failure: failure)
    }

    private mutating func watch() throws(SystemError) {
        while reap() {
            if course.phase == .running && firstStatus != nil { react(to: .firstEnded) }
            passDeadlines()
            if waitForSignal() == Self.wakeSignal { try carryOutOrder() }
        }
    }

    /// Takes the status of all children that have ended; whether there are others.
    private mutating func reap() -> Bool {
        while true {
            var status: CInt = 0
            let pid = unsafe waitpid(-1, &status, WNOHANG)
            if pid < 0 && errno == EINTR { continue }
            // Subreaper that it is, having no child proves that nobody of the job is left.
            if pid <= 0 { return pid == 0 }
            guard pid == run.job?.pid else { continue }
            firstStatus = status
            endedAt = Timestamp(microseconds: Clock.realtimeMicroseconds)
            crashPoint(.jobEnded)
        }
    }

    /// Waits for a child's end, an order or the next deadline; the signal, 0 at the deadline.
    private func waitForSignal() -> CInt {
        var awaited = sigset_t()
        unsafe sigemptyset(&awaited)
        unsafe sigaddset(&awaited, SIGCHLD)
        unsafe sigaddset(&awaited, Self.wakeSignal)
        guard let deadline = nextDeadline else { return unsafe max(0, sigwaitinfo(&awaited, nil)) }
        let left = max(0, deadline - Clock.monotonicMicroseconds)
        var timeout = timespec(
            tv_sec: Int(left / 1_000_000),
            tv_nsec: Int(left % 1_000_000) * 1_000
        )
        return unsafe max(0, sigtimedwait(&awaited, nil, &timeout))
    }

    /// Microseconds of the monotonic clock; nil where nothing is to happen by itself.
    private var nextDeadline: Int64? {
        guard course.phase == .running else { return nextStep }
        return suspendedAt == nil ? limitEnd : nil
    }

    private var limitEnd: Int64? {
        guard case .seconds(let seconds) = timeLimit else { return nil }
        let (length, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : startedAt.addingReportingOverflow(length).partialValue
    }

    private mutating func passDeadlines() {
        guard let deadline = nextDeadline, Clock.monotonicMicroseconds >= deadline else { return }
        switch course.phase {
        case .running: react(to: .limitReached)
        case .grace: react(to: .graceOver)
        case .killing: killAll()
        }
    }
}
