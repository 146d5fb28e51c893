/// What `multifactor` adds to a candidate's own priority (Slurm's `priority_multifactor`).
///
/// All are 0 unless told otherwise, as in Slurm: priority alone counts, then age.
public struct Weights: Hashable, Sendable {
    /// The largest weight.
    public static let largest: Int64 = 1_000_000
    /// The longest ``maximumAge``, in seconds: a year.
    public static let longestAge: Int64 = 366 * 86_400

    /// Points for a candidate that has waited ``maximumAge``, in proportion before.
    public var age: Int64
    /// Points for a candidate that takes the whole machine, half of them for the smallest.
    public var size: Int64
    /// Whether the smallest gets ``size`` instead, and the largest nothing.
    public var favorsSmall: Bool
    /// Seconds after which waiting earns no more points.
    public var maximumAge: Int64

    /// Weights from 0 to ``largest``; the age counts for a week unless told otherwise.
    public init(
        age: Int64 = 0,
        size: Int64 = 0,
        favorsSmall: Bool = false,
        maximumAge: Int64 = 7 * 86_400
    ) {
        self.age = age
        self.size = size
        self.favorsSmall = favorsSmall
        self.maximumAge = maximumAge
    }
}
