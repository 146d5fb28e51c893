/// Why a scheme makes no sense.
public enum SchemeError: Error, Hashable, Sendable {
    /// `srtf` with `conservative`.
    case preemptionBreaksReservations
    /// `greedy` with backfill of any kind.
    case greedyFillsAnyway(Backfill.Kind)
    /// A depth below 1.
    case depth(Int)
    /// A window below a second.
    case window(Int64)
    /// A minimum slice below 0.
    case minimumSlice(Int64)
    /// A gain below 1, or none at all.
    case gain(Double)
    /// A bound on waiting below 0.
    case maximumWait(Int64)
    /// A weight out of range.
    case weight(Int64)
    /// An age out of range.
    case maximumAge(Int64)
}

extension SchemeError: CustomStringConvertible {
    /// One line: the value, and what would be right.
    public var description: String {
        switch self {
        case .preemptionBreaksReservations:
            "policy 'srtf' cannot keep the places that backfill 'conservative' gives, since it "
                + "stops jobs that run; use 'none' or 'easy'"
        case .greedyFillsAnyway(let kind):
            "policy 'greedy' already starts whatever fits, so backfill '\(kind.rawValue)' has "
                + "nothing to do; use 'none'"
        case .depth(let depth): "'\(depth)' is no backfill depth; use 1 or more"
        case .window(let window): "'\(window)' s is no backfill window; use 1 s or more"
        case .minimumSlice(let slice): "'\(slice)' s is no minimum slice; use 0 s or more"
        case .gain(let gain): "'\(gain)' is no gain; use 1 or more"
        case .maximumWait(let wait): "'\(wait)' s is no bound on waiting; use 0 s or more"
        case .weight(let weight): "'\(weight)' is no weight; use 0 to \(Weights.largest)"
        case .maximumAge(let age):
            "'\(age)' s is no age to count up to; use 1 to \(Weights.longestAge) s"
        }
    }
}
