internal import JobModel
internal import Planner
internal import QueueStore

/// A start that is decided and has no place yet.
struct Upcoming: Sendable {
    /// Who starts.
    enum Starter: Sendable {
        /// A job, or a task of a set.
        case waiting(ForeseenJob)
        /// A job that stands still, or is about to.
        case stopped(JobID)
    }

    var starter: Starter
    var run: RunID
    var gpus: [Int]

    /// The job, or the set of tasks.
    var job: JobID {
        switch starter {
        case .waiting(let waiting): waiting.job.id
        case .stopped(let id): id
        }
    }

    /// Whether it is of what waits under this id.
    func isWaiting(_ id: JobID) -> Bool {
        if case .waiting(let waiting) = starter { waiting.job.id == id } else { false }
    }

    /// Whether this job is to go on.
    func isStopped(_ id: JobID) -> Bool {
        if case .stopped(id) = starter { true } else { false }
    }
}
