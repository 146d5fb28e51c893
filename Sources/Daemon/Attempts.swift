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
        /// Whether an earlier `schedd` may have gone in the middle of its launch.
        var mayBeCutOff = false
        var orders: [(number: Int64, order: Order)] = []
    }

    private(set) var byJob: [JobID: Watched] = [:]
    /// Supervisors whose attempt is over and which have yet to exit, to be reaped.
    private var leaving: [SupervisedAttempt] = []

    mutating func watch(_ watched: Watched) { byJob[watched.attempt.job] = watched }

    /// What is known of an attempt.
    func watched(_ attempt: AttemptID) -> Watched? {
        byJob[attempt.job].flatMap { $0.attempt == attempt ? $0 : nil }
    }

    /// Whether an entry is an order to the attempt of its job that is watched: one that was given
    /// while an earlier attempt ran is not.
    func isMeant(by entry: JournalEntry) -> Bool {
        guard let watched = byJob[entry.job] else { return false }
        return entry.attempt == nil || entry.attempt == watched.attempt.number
    }

    /// Takes note of a supervisor that was found alive.
    mutating func adopt(_ supervised: SupervisedAttempt) {
        byJob[supervised.attempt.job]?.supervised = supervised
        byJob[supervised.attempt.job]?.mayBeCutOff = false
    }

    /// Looks no more at an attempt that is over; its supervisor is still reaped.
    mutating func drop(_ job: JobID) {
        guard let dropped = byJob.removeValue(forKey: job) else { return }
        if let supervised = dropped.supervised, !supervised.reap() { leaving.append(supervised) }
    }

    /// What becomes readable when something has ended.
    var descriptors: [CInt] {
        byJob.values.compactMap { $0.supervised?.pidfd } + leaving.compactMap(\.pidfd)
    }

    /// Whether one must be looked at again although nothing will tell when.
    var needsLook: Bool { byJob.values.contains { $0.supervised?.pidfd == nil } }

    /// Reaps supervisors that have exited.
    mutating func reap() { leaving.removeAll { $0.pidfd == nil || $0.reap() } }

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
