/// An option of Slurm's that has no effect to offer here yet.
public struct UnsupportedOption: Sendable {
    /// The long name, without dashes.
    let name: StaticString
    /// The letter of the short form.
    let letter: Unicode.Scalar?

    /// Such an option.
    public init(_ name: StaticString, _ letter: Unicode.Scalar? = nil) {
        self.name = name
        self.letter = letter
    }
}
