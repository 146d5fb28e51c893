/// What an option is, without what it does.
public struct OptionDescription: Sendable {
    /// The long name, without dashes.
    public let name: StaticString
    /// The letter of the short form.
    public let letter: Unicode.Scalar?
    /// The environment variable that sets it.
    public let variable: StaticString?
    /// Whether it takes an argument.
    public let argument: OptionArgument
    /// What it does, without a full stop.
    public let help: StaticString

    /// An option.
    public init(
        name: StaticString,
        letter: Unicode.Scalar?,
        variable: StaticString?,
        argument: OptionArgument,
        help: StaticString
    ) {
        self.name = name
        self.letter = letter
        self.variable = variable
        self.argument = argument
        self.help = help
    }
}
