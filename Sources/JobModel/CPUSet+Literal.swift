extension CPUSet: ExpressibleByArrayLiteral {
    /// The set of the numbers of a literal, such as `[0, 1, 16, 17]`; none may be negative.
    public init(arrayLiteral elements: Int...) {
        self.init(elements)
    }
}
