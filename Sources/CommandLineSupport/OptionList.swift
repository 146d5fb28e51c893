public import JobModel

/// The options of a program as they are read and shown, whatever they set.
///
/// Not generic, so that a program's start instantiates no types for it.
public struct OptionList: Sendable {
    /// What the program is for, in a sentence or two.
    let summary: StaticString
    /// The forms of its command line, without the name.
    let forms: [StaticString]
    /// Whether options may stand behind operands, too.
    let mixesOperands: Bool
    /// The options in the order of `--help`.
    let options: [OptionDescription]
    /// Slurm's options that are known and not supported yet.
    let unsupported: @Sendable () -> [UnsupportedOption]

    /// A program's options.
    public init(
        forms: [StaticString],
        summary: StaticString,
        mixesOperands: Bool,
        unsupported: @escaping @Sendable () -> [UnsupportedOption],
        options: [OptionDescription]
    ) {
        self.forms = forms
        self.summary = summary
        self.mixesOperands = mixesOperands
        self.unsupported = unsupported
        self.options = options
    }

    /// The options that environment variables set.
    ///
    /// - Parameter value: the value of a variable; nil where it is not set.
    public func readEnvironment(
        value: (StaticString) -> ByteString? = Program.variable
    ) -> [OptionSetting] {
        var settings: [OptionSetting] = []
        for index in options.indices {
            guard let variable = options[index].variable, let text = value(variable) else {
                continue
            }
            settings.append(
                OptionSetting(
                    index: index,
                    argument: options[index].argument.isNone ? nil : text,
                    origin: .variable(variable.description)
                )
            )
        }
        return settings
    }
}
