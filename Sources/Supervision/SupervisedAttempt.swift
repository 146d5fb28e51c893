internal import Glibc
public import JobModel
public import Linux

/// A running attempt as `schedd` sees it: its record, and its supervisor where that is known.
public final class SupervisedAttempt {
    /// The attempt.
    public let attempt: AttemptID

    /// Its supervisor; nil where that has not said yet who it is: then look again on a timer.
    public private(set) var supervisor: SupervisorLink?

    private let record: AttemptRecord

    init(attempt: AttemptID, record: consuming AttemptRecord, supervisor: SupervisorLink?) {
        self.attempt = attempt
        self.record = record
        self.supervisor = supervisor
    }

    /// The supervisor's number, nil where it is not known yet.
    public var pid: Int32? { supervisor?.process.pid }

    /// Looks in the record for the supervisor of an adopted attempt; whether it is known now.
    public func findSupervisor() throws(SystemError) -> Bool {
        if supervisor != nil { return true }
        guard let found = try record.run()?.supervisor,
            let process = try ProcessHandle.open(pid: found.pid, startTime: found.startTime)
        else { return false }
        supervisor = SupervisorLink(process: process, socket: nil)
        return true
    }

    /// How far the attempt has come; nil before its supervisor has said anything.
    public func progress() throws(SystemError) -> RunSlot? { try record.run() }

    /// How it ended; nil before it has.
    public func outcome() throws(SystemError) -> Outcome? { try record.outcome() }

    /// What came of giving an order.
    public enum Delivery: Hashable, Sendable {
        /// It is carried out.
        case done
        /// It stands in the record and the supervisor was told; the bell rings when it is done.
        case given
        /// An earlier one is not carried out yet; try again when the bell rings.
        case busy
    }

    /// Gives an order, or gives it again: it is carried out once, whatever dies between.
    ///
    /// - Parameter number: higher than that of every earlier order to the attempt, such as its
    ///   place in the journal.
    public func give(_ order: Order, number: Int64) throws(SystemError) -> Delivery {
        let noted = try record.run()?.lastOrder ?? 0
        if noted >= number { return .done }
        let last = try record.order()?.number ?? 0
        if last > noted && last != number {
            try wake()
            return .busy
        }
        if last != number {
            try record.write(OrderSlot(number: number, order: order))
            crashPoint(.orderWritten)
        }
        try wake()
        return .given
    }

    private func wake() throws(SystemError) {
        guard try findSupervisor() else { return }
        try supervisor?.process.send(signal: Supervisor.wakeSignal)
        // The job may have stopped it.
        try supervisor?.process.send(signal: SIGCONT)
    }
}
