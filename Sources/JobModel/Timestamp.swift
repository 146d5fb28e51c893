/// An instant of the wall clock, in microseconds since the epoch.
///
/// For display, `--begin` and the record; durations and limits are measured on the monotonic clock.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    /// An instant so many microseconds after the epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Whole seconds since the epoch, cut.
    public var seconds: Int64 { microseconds / 1_000_000 }

    /// Orders by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}
