internal import CLinux
internal import Glibc
internal import JobModel
internal import Linux

/// `stepd`: runs an attempt, writes down what becomes of it, and outlives whoever started it.
///
/// A value is one attempt; the program makes them one after the other, see ``main()``.
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
    /// Where `schedd` is told that there is something to look at; nil where the bell is rung.
    var socket: HandoverSocket?
    var run: RunSlot
    var course = Course()
    var cgroup: Cgroup?
    /// The wait status of the first process, once it has ended.
    var firstStatus: CInt?
    /// When the first process ended.
    var endedAt: Timestamp?
    /// What those that have ended used.
    var usage = Usage()
    /// Where a failed step of the set-up is told.
    var report: Descriptor?
    /// Microseconds of the monotonic clock at which the job was let go.
    var startedAt: Int64 = 0
    var timeLimit: TimeLimit
    /// Microseconds of the monotonic clock at which the job was suspended; nil while it is not.
    var suspendedAt: Int64?
    /// Whether what is suspended is in a frozen cgroup, and was not sent SIGSTOP.
    var isFrozen = false
    /// Microseconds of the monotonic clock at which TERM has had its time, or KILL is sent again.
    var nextStep: Int64?
    /// Microseconds between one KILL and the next.
    var killPause: Int64 = 5_000

    /// Takes an attempt over.
    ///
    /// - Parameters:
    ///   - own: this process.
    ///   - socket: where the next attempt comes from.
    /// - Throws: where the attempt is not to come to life; nothing of it has.
    init(
        _ assignment: consuming Assignment,
        by own: RunSlot.Process,
        socket: consuming HandoverSocket?
    ) throws {
        let specification = try LaunchSpecification(decoding: assignment.specification)
        let attempt = specification.attempt
        let record = AttemptRecord(owning: assignment.takeRecord(), of: attempt)
        try SupervisorTitle.show(attempt, specification.environment)
        // Whoever looks for the attempt from now on finds its record or its marker; where the record
        // went before the marker came, somebody may have found neither.
        guard try record.hasName(), let claim = try record.claim(), claim.attempt == attempt,
            !claim.isVoid
        else { throw MalformedBytes() }
        var run = RunSlot(supervisor: own)
        // Before it is there, lest it stay behind.
        run.cgroup = specification.cgroupParent.map { Cgroup.path(of: attempt, in: $0) }
        try record.write(run)
        crashPoint(.supervisorNoted)
        let stateFolder = try Folder(path: specification.stateFolder.bytes)
        self.stateFolder = stateFolder
        self.specification = specification
        self.record = record
        self.run = run
        self.socket = socket
        timeLimit = specification.timeLimit
    }

    /// Closes all that the attempt had; what is left is where the next one comes from.
    consuming func finish() -> HandoverSocket? { socket }

    /// Runs the attempt, to its end.
    mutating func supervise() throws(SystemError) {
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
            var used = rusage()
            let pid = unsafe wait4(-1, &status, WNOHANG, &used)
            if pid < 0 && errno == EINTR { continue }
            // Subreaper that it is, having no child proves that nobody of the job is left.
            if pid <= 0 { return pid == 0 }
            usage.add(used)
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
