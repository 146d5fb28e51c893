internal import JobModel
internal import Planner

/// An attempt that holds something.
struct OngoingRun: Sendable {
    /// nil where the planner counts it no more, since it is to stop.
    var run: RunID?
    var job: StartedJob
    var allocation: Allocation
    /// Its last start.
    var started: Timestamp
    /// The number of the order to stand still; nil where it has none.
    var order: Int64?
}
