public import JobModel

/// When a waiting candidate is expected to start.
public struct Forecast: Hashable, Sendable {
    /// The candidate; for an array, its next task is meant.
    public var job: JobID
    /// When there will be room for it; nil where that hangs on a run whose end nobody knows.
    public var start: Instant?
    /// Whether that place is kept for it, and gets no later but by a correction.
    public var isKept: Bool
}
