internal import JobModel

/// What becomes of a job whose attempt never came to life: it is launched again, after a pause that
/// grows, until it is held.
///
/// A launch that a dying `schedd` cut off says nothing about the job and costs it nothing; only
/// where that goes on and on may the job be what `schedd` dies of.
struct LaunchRetry: Equatable {
    /// How long it waits before it may start again, in microseconds.
    var pause: Int64
    /// Whether it waits until somebody releases it.
    var isHeld: Bool

    /// Microseconds after each failure; behind the last one the job is held.
    private static let pauses: [Int64] = [0, 5_000_000, 30_000_000]

    /// Launches in a row that were cut off, after which a job is held.
    private static let mostCutOff = 10

    /// What follows from an attempt's end.
    ///
    /// - Parameters:
    ///   - cause: of this attempt: ``JobModel/Outcome/Cause/neverStarted`` or `cutOff`.
    ///   - earlier: the causes of those right before it that did not come to life either. Whoever
    ///     releases a held job gives it as many tries again.
    init(after cause: Outcome.Cause, earlier: [Outcome.Cause]) {
        let count = earlier.filter { $0 == cause }.count
        if cause == .cutOff {
            pause = 0
            isHeld = (count + 1) % Self.mostCutOff == 0
        } else {
            let turn = count % Self.pauses.count
            pause = Self.pauses[turn]
            isHeld = turn == Self.pauses.count - 1
        }
    }
}
