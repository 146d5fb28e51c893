internal import JobModel
internal import Planner

/// What is to be done now.
struct Moves: Sendable {
    /// A run that is to stop for another.
    struct Stop: Sendable {
        var attempt: AttemptID
        var way: Inventory.WayToStop
    }

    /// A start with the place that it has.
    struct Start: Sendable {
        /// The job, the array's task, or the set of tasks of which the next one starts.
        var candidate: JobID
        var run: RunID
        var allocation: Allocation
        /// Its attempt has no number yet, unless it has run before and goes on.
        var job: StartedJob
        /// Whether it stands still, and goes on.
        var goesOn: Bool
    }

    /// Each is to be asked to stop, and the order noted (``Decision/noted(_:order:)``).
    var stops: [Stop] = []
    /// Each must be confirmed or taken back.
    var starts: [Start] = []
    /// Jobs that fit by the count and have no place: they wait, and the count is wrong.
    var misfits: [JobID] = []
    /// Whether a run takes longer than was expected, so that others start later.
    var isCorrected = false

    var isEmpty: Bool { stops.isEmpty && starts.isEmpty }

    /// Whether what is done writes orders into the journal.
    var hasOrders: Bool { !stops.isEmpty || starts.contains(where: \.goesOn) }
}
