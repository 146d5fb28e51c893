import JobModel

/// What runs, and how long it is expected to.
struct Run {
    /// Whose run it is; nil where that candidate need not be told of its end.
    var job: JobID?
    var started: Instant
    var amounts: Amounts
    /// What it is expected to take in all, in seconds; nil where nobody knows.
    var estimate: Int64?
    /// The estimate before any correction.
    var firstEstimate: Int64?
    var corrections = 0
    /// The seconds that it may take in all; nil for no limit.
    var limit: Int64?
    /// The seconds that it had run before it was stopped.
    var progress: Int64 = 0
    /// When it is expected to end; ``Instant/unknown`` where nobody knows.
    var end = Instant.unknown
    /// Whether it may be stopped for another.
    var isPreemptible = false

    /// Whether it is given a later end when it outlives the expected one.
    var canGrow: Bool {
        guard let estimate else { return false }
        return limit.map { estimate < $0 } ?? true
    }

    /// The end that follows from the estimate.
    var expectedEnd: Instant {
        estimate.map { started.advanced(bySeconds: max(0, $0 - progress)) } ?? .unknown
    }

    /// The seconds run since the last start.
    func slice(at now: Instant) -> Int64 {
        max(0, now.milliseconds - started.milliseconds) / 1000
    }

    /// The seconds left of the estimate, `Int64.max` where nobody knows.
    func remaining(at now: Instant) -> Int64 {
        estimate.map { $0 - progress - slice(at: now) } ?? .max
    }

    /// Raises the estimate that has been outlived by so much that the end lies ahead.
    ///
    /// False where the limit has been reached.
    mutating func outrun(at now: Instant) -> Bool {
        guard canGrow else { return false }
        repeat {
            guard let current = estimate,
                let next = OutrunSchedule.next(
                    first: firstEstimate ?? current,
                    current: current,
                    corrections: corrections,
                    limit: limit
                )
            else { return true }
            estimate = next
            corrections += 1
            end = expectedEnd
        } while end <= now
        return true
    }
}
