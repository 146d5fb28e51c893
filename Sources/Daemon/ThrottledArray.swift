internal import JobModel
internal import QueueStore

/// The waiting rows of an array of which only so many tasks may run at once.
///
/// To the planner they are one candidate, named as the array, so that the bound holds for all of
/// them together: tasks that were put back or requeued have rows of their own. All ask for the same.
struct ThrottledArray: Sendable {
    private struct Row: Sendable {
        var id: JobID
        var priority: Int64
        /// The array's own row goes last: what has a row of its own was meant to start before.
        var isArray: Bool
        var count: Int

        func isBefore(_ other: Row) -> Bool {
            if priority != other.priority { return priority > other.priority }
            if isArray != other.isArray { return other.isArray }
            return id < other.id
        }
    }

    /// In the order in which they start.
    private var rows: [Row] = []

    /// How many tasks wait in all rows.
    private(set) var count = 0

    /// The row whose task starts next; nil where none waits.
    var first: JobID? { rows.first?.id }

    /// Adds a row that is not there yet.
    mutating func add(_ job: WaitingJob) {
        let row = Row(
            id: job.id,
            priority: job.priority,
            isArray: job.id == job.array,
            count: job.count
        )
        let place = rows.firstIndex { row.isBefore($0) } ?? rows.endIndex
        rows.insert(row, at: place)
        count += row.count
    }

    /// Takes out a row, if it is there.
    mutating func remove(_ id: JobID) {
        guard let place = rows.firstIndex(where: { $0.id == id }) else { return }
        count -= rows.remove(at: place).count
    }

    /// Takes the next task; gives its row, nil where none waits.
    mutating func takeFirst() -> JobID? {
        guard let first = rows.first else { return nil }
        count -= 1
        if first.count > 1 { rows[0].count -= 1 } else { rows.removeFirst() }
        return first.id
    }
}

extension WaitingJob {
    /// The array whose bound on running tasks holds for it; nil where there is none.
    var throttledArray: JobID? { throttle == nil ? nil : array }

    /// What it is to the planner: itself, or a part of its array.
    var candidate: JobID { throttledArray ?? id }
}
