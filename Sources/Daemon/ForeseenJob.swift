internal import QueueStore

/// A job that waits, and what is expected of it.
struct ForeseenJob: Sendable {
    var job: WaitingJob
    /// The seconds that it will run, as predicted when it came; nil where nobody knew.
    var predicted: Int64?
}

extension WaitingJob {
    /// The jobs whose run times tell of this one's.
    var kind: Prediction.Kind { Prediction.Kind(uid: uid, name: name) }
}
