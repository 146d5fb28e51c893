internal import JobModel
internal import Linux
internal import QueueStore
internal import Supervision

/// The attempts that this `schedd` watches, and the orders on their way to them.
struct Attempts {
    /// One attempt.
    struct Watched {
        var attempt: AttemptID
        /// nil while what is left of it is being ended, or its record could not be looked at.
        var supervised: SupervisedAttempt?
        var boot: BootIdentity
        var allowsRequeue: Bool
        /// Whether its launch may come to nothing without it being the job's fault: an earlier
        /// `schedd` may have gone in the middle of it, or a supervisor that was to take it over.
        var mayBeCutOff = false
        var orders: [(number: Int64, order: Order)] = []
    }

    private(set) var byJob: [JobID: Watched] = [:]
    /// Supervisors that wait for another attempt, the last to come at the end, each with the instant
    /// since when, in microseconds of the monotonic clock.
    private var idle: [(link: SupervisorLink, since: Int64)] = []
    /// Supervisors whose attempt is over and which have yet to exit, to be reaped.
    private var leaving: [SupervisorLink] = []

    /// How long a supervisor is kept that has nothing to do, in microseconds.
    private static let patience: Int64 = 2_000_000

    mutating func watch(_ watched: Watched) { byJob[watched.attempt.job] = watched }

    /// What is known of an attempt.
    func watched(_ attempt: AttemptID) -> Watched? {
        byJob[attempt.job].flatMap { $0.attempt == attempt ? $0 : nil }
    }

    /// Whether an entry is an order to the attempt of its job that is watched: one that was given
    /// while an earlier attempt ran, or none did, is not.
    func isMeant(by entry: JournalEntry) -> Bool {
        byJob[entry.job]?.attempt.number == entry.attempt
    }

    /// Takes note of a supervisor that was found alive.
    mutating func adopt(_ supervised: SupervisedAttempt) {
        byJob[supervised.attempt.job]?.supervised = supervised
        byJob[supervised.attempt.job]?.mayBeCutOff = false
    }

    /// Looks no more at an attempt that is over; its supervisor waits for another, or is reaped.
    mutating func drop(_ job: JobID, at instant: Int64) {
        guard let link = byJob.removeValue(forKey: job)?.supervised?.supervisor else { return }
        if link.hasEnded { return }
        if link.stays { idle.append((link, instant)) } else { leaving.append(link) }
    }

    /// A supervisor that waits for an attempt; nil where none does.
    mutating func takeIdle() -> SupervisorLink? { idle.popLast()?.link }

    /// Lets a supervisor go that does not take an attempt.
    mutating func dismiss(_ link: SupervisorLink) {
        link.dismiss()
        leaving.append(link)
    }

    /// Lets those go that have had nothing to do for long.
    mutating func dismissIdle(at instant: Int64) {
        while let first = idle.first, instant >= first.since + Self.patience {
            idle.removeFirst()
            dismiss(first.link)
        }
    }

    /// When the next one is to go, in microseconds of the monotonic clock.
    var nextDismissal: Int64? { idle.first.map { $0.since + Self.patience } }

    /// What becomes readable when something has ended or has something to tell.
    var descriptors: [CInt] {
        var all = idle.map(\.link.pidfd) + leaving.map(\.pidfd)
        for watched in byJob.values {
            guard let link = watched.supervised?.supervisor else { continue }
            all.append(link.pidfd)
            if let socket = link.socketDescriptor { all.append(socket) }
        }
        return all
    }

    /// Takes in what is readable: what supervisors have told, and which of them have ended.
    mutating func hear(_ readable: Set<CInt>) {
        for watched in byJob.values {
            guard let link = watched.supervised?.supervisor else { continue }
            if let socket = link.socketDescriptor, readable.contains(socket) { link.hear() }
            if readable.contains(link.pidfd) { link.reap() }
        }
        idle.removeAll { readable.contains($0.link.pidfd) && $0.link.reap() }
        leaving.removeAll { readable.contains($0.pidfd) && $0.reap() }
    }

    /// Whether one must be looked at again although nothing will tell when.
    var needsLook: Bool { byJob.values.contains { $0.supervised?.supervisor == nil } }

    mutating func queue(_ order: Order, number: Int64, for job: JobID) {
        byJob[job]?.orders.append((number, order))
    }

    /// Hands on what can be handed on; an attempt has one order at a time.
    mutating func deliver() {
        for (job, watched) in byJob where !watched.orders.isEmpty {
            guard let supervised = watched.supervised else { continue }
            var orders = watched.orders
            while let next = orders.first {
                guard let answer = try? supervised.give(next.order, number: next.number),
                    answer != .busy
                else { break }
                orders.removeFirst()
            }
            byJob[job]?.orders = orders
        }
    }

    /// Forgets the orders to an attempt that is over: the next attempt is not to have them.
    mutating func forgetOrders(of job: JobID) { byJob[job]?.orders = [] }

    /// The number of the oldest order that has not been handed on.
    var oldestOrder: Int64? { byJob.values.compactMap { $0.orders.first?.number }.min() }
}
