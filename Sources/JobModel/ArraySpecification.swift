/// The value of `--array`: which indices, and how many tasks may run at once.
public struct ArraySpecification: Hashable, Sendable {
    /// The indices; at least one.
    public var indices: ArrayIndexSet
    /// `%N`, 1 or more; nil for no bound.
    public var throttle: Int?

    /// Such an array.
    public init(indices: ArrayIndexSet, throttle: Int? = nil) {
        self.indices = indices
        self.throttle = throttle
    }
}
