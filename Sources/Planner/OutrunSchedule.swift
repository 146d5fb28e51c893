/// What becomes of an estimate that a run has outlived.
///
/// The steps by which it is raised are those of Tsafrir, Etsion, Feitelson, TPDS 2007. Nothing is
/// ever ended for it: only the limit does that.
public enum OutrunSchedule {
    /// Minutes added to the first estimate, one correction after the other.
    private static let minutes: [Int64] = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 3000, 6000]

    /// The next estimate in whole seconds; nil where the limit has been reached.
    ///
    /// `first` is the estimate before any correction, `current` the one that was outlived, after
    /// so many corrections. Beyond 100 hours the limit is expected, or twice the time without one.
    public static func next(
        first: Int64,
        current: Int64,
        corrections: Int,
        limit: Int64?
    ) -> Int64? {
        if let limit, current >= limit { return nil }
        let raised: Int64
        if corrections < minutes.count {
            raised = first.addingSaturating(60 * minutes[corrections])
        } else {
            raised = limit ?? current.multipliedSaturating(by: 2)
        }
        return min(raised, limit ?? .max)
    }
}
