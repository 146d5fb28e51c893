/// An instant on the scheduler's own timeline, in whole milliseconds.
///
/// Where zero lies is the caller's choice, and instants before it are negative. The timeline never
/// goes back, whatever happens to the wall clock.
public struct Instant: Hashable, Sendable {
    /// Milliseconds after the timeline's zero.
    public var milliseconds: Int64

    /// An instant so many milliseconds after the timeline's zero.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The instant so many whole seconds later, cut to what 64 bits hold.
    public func advanced(bySeconds seconds: Int64) -> Instant {
        let (span, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, isTooLate) = milliseconds.addingReportingOverflow(span)
        return isTooLong || isTooLate ? .unknown : Instant(milliseconds: sum)
    }

    /// The whole seconds after the timeline's zero, rounded down.
    var wholeSeconds: Int64 {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    }

    /// Later than every instant that is known: the end of a run without a limit.
    static let unknown = Instant(milliseconds: .max)

    /// The instant unless it is ``unknown``.
    var known: Instant? { self == .unknown ? nil : self }

    /// The next instant that there is.
    var next: Instant { Instant(milliseconds: milliseconds + 1) }
}

extension Instant: Comparable {
    /// Orders by time.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
