/// The indices of an array job, 0 to ``largestIndex``, however many in a few ranges.
///
/// Kept normalised: ranges in ascending order of their first index, no index in two of them, so
/// that a million indices cost as much as one.
public struct ArrayIndexSet: Hashable, Sendable {
    /// The highest index that an array may have: Slurm's largest MaxArraySize less one.
    public static let largestIndex = 4_000_000

    /// The indices `first`, `first + step`, … up to `last`, which is one of them.
    public struct Range: Hashable, Sendable {
        /// The lowest index.
        public var first: Int
        /// The highest index, a whole number of steps above the first.
        public var last: Int
        /// 1 or more; 1 where there is a single index.
        public var step: Int

        /// A range whose last index is cut to a whole number of steps.
        public init(first: Int, last: Int, step: Int = 1) {
            precondition(first >= 0 && first <= last && step >= 1, "no such range of indices")
            self.first = first
            self.last = last - (last - first) % step
            self.step = self.last == first ? 1 : step
        }

        /// How many indices it has.
        public var count: Int { (last - first) / step + 1 }

        /// Whether an index is one of them.
        public func contains(_ index: Int) -> Bool {
            index >= first && index <= last && (index - first) % step == 0
        }
    }

    /// The ranges, normalised.
    public internal(set) var ranges: [Range]

    /// No index.
    public init() {
        ranges = []
    }
}
