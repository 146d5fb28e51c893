import JobModel

@testable import Daemon
@testable import QueueStore

/// A queue in memory, as far as `Decision` knows of one: rows that wait, run, or are over.
struct FalseQueue {
    /// A single job, one task of an array, or an array with the tasks that have no row yet.
    struct Row {
        var job: WaitingJob
        /// What its attempt holds; nil where it does not run.
        var allocation: Allocation?
        var claimed = Timestamp(microseconds: 0)
        var isCancelled = false
        var isOver = false
        /// The causes of its last attempts, in a row, that never came to life.
        var lifeless: [Outcome.Cause] = []
        var attempts = 0
        var isSet = false
        /// Since when it stands still; nil where it does not.
        var stopped: Timestamp?
        /// The microseconds in which it stood still before.
        var suspended: Int64 = 0

        var waits: Bool { allocation == nil && !isOver && job.count > 0 }
        var isAlive: Bool { allocation != nil }
        /// Whether it holds what is in its allocation.
        var holds: Bool { allocation != nil && stopped == nil }
    }

    private(set) var rows: [JobID: Row] = [:]
    private var lastID: Int64 = 0

    var alive: [Row] { rows.values.filter(\.isAlive) }

    /// In the order of their ids, so that the same seed gives the same run.
    func ids(_ isMeant: (Row) -> Bool) -> [JobID] {
        rows.values.filter(isMeant).map(\.job.id).sorted()
    }

    func waitingJob(_ id: JobID) -> WaitingJob? {
        rows[id].flatMap { $0.waits ? $0.job : nil }
    }

    private mutating func nextID() -> JobID {
        lastID += 1
        return JobID(rawValue: lastID)
    }

    /// Puts a job, or an array of so many tasks, in the queue.
    mutating func submit(
        _ request: ResourceRequest,
        count: Int?,
        throttle: Int?,
        priority: Int64,
        limit: TimeLimit?,
        allowsRequeue: Bool,
        at now: Timestamp
    ) -> JobID {
        let id = nextID()
        let job = WaitingJob(
            id: id,
            array: count == nil ? nil : id,
            uid: UInt32(id.rawValue % 2),
            name: ByteString("job \(id.rawValue % 3)"),
            priority: priority,
            submitted: now,
            request: request,
            timeLimit: limit,
            count: count ?? 1,
            throttle: throttle,
            begin: nil,
            isFree: true,
            allowsRequeue: allowsRequeue
        )
        rows[id] = Row(job: job, isSet: count != nil)
        return id
    }

    mutating func change(_ id: JobID, _ body: (inout Row) -> Void) {
        guard var row = rows[id] else { preconditionFailure("there is no job \(id)") }
        body(&row)
        rows[id] = row
    }

    /// Claims a job, or the next task of an array; nil where it may not start.
    mutating func claim(_ id: JobID, _ allocation: Allocation, at now: Timestamp) -> JobID? {
        guard let row = rows[id], row.waits, row.job.isFree, !row.isCancelled else { return nil }
        var own = id
        if row.isSet {
            change(id) { $0.job.count -= 1 }
            own = nextID()
            var task = row
            task.isSet = false
            task.job.id = own
            task.job.count = 1
            rows[own] = task
        }
        change(own) {
            $0.allocation = allocation
            $0.claimed = now
            $0.attempts += 1
        }
        return own
    }

    /// A job that runs stands still.
    mutating func standStill(_ id: JobID, at now: Timestamp) {
        change(id) { $0.stopped = now }
    }

    /// A job that stands still goes on.
    mutating func goOn(_ id: JobID, _ allocation: Allocation, at now: Timestamp) {
        change(id) {
            $0.suspended += now.microseconds - ($0.stopped?.microseconds ?? 0)
            $0.stopped = nil
            $0.allocation = allocation
        }
    }

    /// The attempt of a job is over, and so is the job.
    mutating func end(_ id: JobID) {
        change(id) {
            $0.allocation = nil
            $0.stopped = nil
            $0.suspended = 0
            $0.isOver = true
            $0.lifeless = []
        }
    }

    /// The attempt of a job is over, and the job waits again.
    mutating func putBack(_ id: JobID, begin: Timestamp?, isHeld: Bool) {
        change(id) {
            $0.allocation = nil
            $0.stopped = nil
            $0.suspended = 0
            $0.job.begin = begin
            $0.job.isFree = !isHeld
        }
    }
}
