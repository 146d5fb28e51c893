internal import CLinux
internal import Glibc
internal import JobModel
internal import Linux
public import Logging
internal import Machine
internal import Placement
public import QueueStore
internal import Supervision

/// `schedd`: takes what is submitted, starts it, watches it, records its end.
///
/// One thread and one loop. An event is a ring of the bell, the end of a supervisor, a signal, or an
/// instant; whatever it was, the same steps follow: look at what has ended, read the journal, decide,
/// commit, launch. The queue and the records are the truth, an event only says "look".
public final class Daemon {
    let store: QueueStore
    var inventory: Inventory
    var configuration: Configuration
    /// Reads the configuration anew.
    let readConfiguration: () throws -> Configuration
    let log: Logger
    let supervisor: String
    var spool: Spool
    let boot: BootIdentity
    let host = HostName.short
    var decision: Decision
    var attempts = Attempts()
    /// The GPUs on which somebody from outside the queue is at work, by number.
    var usedOutside: Set<Int> = []
    var gpuWatch = GPUWatch()
    var watchesGPUs: Bool
    var cgroupParent: ByteString?
    var userNames: [UInt32: String] = [:]
    var materials: [Int64: LaunchMaterial] = [:]
    /// The place in the journal up to which entries have been read.
    var readSequence: Int64
    /// The same as it stands in the queue.
    var appliedSequence: Int64
    var housekeeping: Housekeeping
    /// Whether what could start waits for room on the disk.
    var lacksRoom = false
    /// Whether a SIGHUP has come that is still to be heeded.
    private var isToReconfigure = false
    /// When the queue is tried again that could not be changed, or had no room for what could start,
    /// in microseconds of the wall clock.
    private var retry: Int64?
    let folder: Folder
    private let bell: Doorbell.Listener
    private let signals: Descriptor

    /// Takes the state folder, and adopts what runs.
    ///
    /// - Parameter configuration: reads it; called here, and again at each SIGHUP.
    /// - Throws: ``AlreadyRunning``, or what keeps the queue from being used.
    public init(
        folder: StateFolder,
        configuration: @escaping () throws -> Configuration,
        supervisor: String,
        log: Logger
    ) throws {
        // First of all: a SIGHUP from somebody who finds this one at its start is not to end it.
        signals = Descriptor(owning: clinux_termination_signals())
        let begun = Clock.monotonicMicroseconds
        readConfiguration = configuration
        self.configuration = try configuration()
        try folder.prepare()
        self.folder = try Folder(path: folder.path)
        guard try FolderLock.take(self.folder) else { throw AlreadyRunning(in: folder) }
        let store = try QueueStore(folder: folder, migrating: true)
        self.store = store
        // At once: whoever is refused from now on names this one.
        try store.write { try store.setDaemon(pid: Int64(getpid())) }
        self.supervisor = supervisor
        self.log = log
        let probe: GPUProbe?
        (inventory, probe) = try Self.takeStock(self.configuration)
        watchesGPUs = probe?.devices.isEmpty == false
        decision = Decision(
            inventory,
            by: self.configuration.scheme,
            Prediction(
                isOn: self.configuration.predictsRunTimes,
                from: try store.pastRuns(limit: Prediction.remembered)
            )
        )
        spool = try Spool(in: self.folder)
        boot = try BootIdentity.current()
        cgroupParent = CgroupParent.make(for: spool)
        readSequence = 0
        appliedSequence = 0
        housekeeping = try Housekeeping(database: folder.database)
        bell = try Doorbell.Listener(in: self.folder)
        warnOfOthers()
        try introduce(readAt: begun)
        try recover()
        if let probe { try take(probe) }
    }

    /// Another `schedd` has this state folder.
    public struct AlreadyRunning: Error, CustomStringConvertible {
        /// Its process.
        public let pid: Int64?
        /// The folder.
        public let path: String

        /// The one that has a state folder, as far as it has said who it is.
        public init(in folder: StateFolder) {
            pid = (try? QueueStore(folder: folder).daemonPID()) ?? nil
            path = folder.path
        }

        /// One line that names it.
        public var description: String {
            "schedd\(pid.map { " (pid \($0))" } ?? "") already runs for \(path)"
        }
    }

    /// Works until a signal ends it; jobs run on.
    ///
    /// - Parameter ready: called once, when the first look at everything is done.
    /// - Throws: what keeps it from recording ends; nothing is lost, a new start goes on.
    public func run(ready: () -> Void) throws {
        try stepAsTheQueueAllows()
        ready()
        while true {
            wait()
            switch clinux_next_signal(signals.number) {
            case 0: break
            case SIGHUP: isToReconfigure = true
            case let signal:
                log.notice("stops at signal \(signal); \(attempts.byJob.count) jobs run on")
                try? store.write { try noteApplied() }
                try? store.clearDaemon()
                if let cgroupParent, attempts.byJob.isEmpty { CgroupParent.remove(cgroupParent) }
                return
            }
            bell.drain()
            attempts.reap()
            try stepAsTheQueueAllows()
        }
    }

    /// Does what there is to do; where the disk is full, or somebody has the queue and does not give
    /// it back, nothing has changed, and it is tried again.
    ///
    /// Every other error of the queue ends `schedd`: what a disk said once, it may not say twice.
    private func stepAsTheQueueAllows() throws {
        do {
            if isToReconfigure { try reconfigure() }
            isToReconfigure = false
            if watchesGPUs, let probe = gpuWatch.advance() { try take(probe) }
            try step()
            if lacksRoom {
                retryLater(telling: "the disk of \(store.folder.path) is full; nothing starts")
            } else if retry != nil {
                log.notice("the queue can be worked with again")
                retry = nil
            }
        } catch let error as QueueError where error.isFull || error.isBusy {
            retryLater(telling: "\(error)")
            // What was decided on the way was not committed.
            try decideAnew()
        }
    }

    private func retryLater(telling words: String) {
        if retry == nil { log.error("\(words); it is tried again every second") }
        retry = Clock.realtimeMicroseconds + 1_000_000
    }

    private func wait() {
        var watched =
            ([signals.number, bell.descriptor.number, gpuWatch.descriptor]
            + attempts.descriptors).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
        unsafe poll(&watched, nfds_t(watched.count), timeout())
    }

    /// Milliseconds until something is due by itself.
    private func timeout() -> CInt {
        let now = Clock.realtimeMicroseconds
        var due = now + 60_000_000
        if let retry { return CInt(max(0, min(1000, (retry - now + 999) / 1000))) }
        if let begin = decision.nextBegin { due = min(due, begin.microseconds) }
        if let next = decision.nextInstant(after: Timestamp(microseconds: now)) {
            due = min(due, next.microseconds)
        }
        if attempts.needsLook { due = min(due, now + 50_000) }
        if watchesGPUs { due = min(due, now + gpuWatch.wait) }
        if let next = housekeeping.next(isBehind: readSequence > appliedSequence) {
            due = min(due, now + next - Clock.monotonicMicroseconds)
        }
        return CInt(max(0, min(60_000, (due - now + 999) / 1000)))
    }

    /// Leaves what the tools need to know.
    private func introduce(readAt begun: Int64) throws {
        let name = unsafe getpwuid(geteuid()).map { unsafe String(cString: $0.pointee.pw_name) }
        try leaveStock(readAt: begun)
        if let name { try store.write { try store.leave(userName: name, of: geteuid()) } }
        log.notice("schedd runs for \(store.folder.path): \(stockText)")
    }
}

extension Logger {
    /// A logger for one job, so that its life is one search for `job=17`.
    func of(_ attempt: AttemptID) -> Logger {
        var log = self
        log[metadataKey: "job"] = "\(attempt.job)"
        log[metadataKey: "attempt"] = "\(attempt.number)"
        return log
    }
}
