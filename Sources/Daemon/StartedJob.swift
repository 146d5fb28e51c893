internal import JobModel
internal import QueueStore

/// A job that starts, runs or stands still.
struct StartedJob: Sendable {
    /// Number 0 before its start is in the queue.
    var attempt: AttemptID
    var array: JobID?
    var kind: Prediction.Kind
    var request: ResourceRequest
    /// In seconds; nil for none.
    var timeLimit: Int64?
    var allowsRequeue: Bool?
    /// The seconds that it was expected to run; nil where nobody knew.
    var predicted: Int64?
    /// The microseconds that it ran before it stood still.
    var ran: Int64 = 0

    init(_ waiting: ForeseenJob, _ inventory: Inventory) {
        attempt = AttemptID(job: waiting.job.id, number: 0)
        array = waiting.job.array
        kind = waiting.job.kind
        request = waiting.job.request
        timeLimit = inventory.limit(waiting.job.timeLimit)
        allowsRequeue = waiting.job.allowsRequeue
        predicted = waiting.predicted
    }

    init(_ job: RunningJob, _ inventory: Inventory) {
        attempt = job.attempt
        array = job.array
        kind = Prediction.Kind(uid: job.uid, name: job.name)
        request = job.request
        timeLimit = inventory.limit(job.timeLimit)
        allowsRequeue = job.allowsRequeue
        predicted = job.predicted
    }
}

extension RunningJob {
    /// The microseconds that it has run up to an instant, without those in which it stood still.
    func ran(at instant: Timestamp) -> Int64 {
        max(0, instant.microseconds - claimed.microseconds - suspendedMicroseconds)
    }
}
