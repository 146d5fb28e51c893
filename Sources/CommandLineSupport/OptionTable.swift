public import JobModel

/// The options of a program, each of which stands here once.
///
/// The command line, `#SBATCH` lines, variables, `--help` and completions all come from it.
public struct OptionTable<Target>: Sendable {
    /// One option.
    public struct Option: Sendable {
        /// What it is.
        public let description: OptionDescription
        /// Sets it; the argument is nil where there is none.
        public let apply: @Sendable (inout Target, ByteString?) throws(ParseError) -> Void

        /// An option and what it does.
        @inlinable init(
            _ description: OptionDescription,
            _ apply: @escaping @Sendable (inout Target, ByteString?) throws(ParseError) -> Void
        ) {
            self.description = description
            self.apply = apply
        }

        /// An option without an argument.
        @inlinable public static func flag(
            _ name: StaticString,
            letter: Unicode.Scalar? = nil,
            variable: StaticString? = nil,
            help: StaticString,
            apply: @escaping @Sendable (inout Target) -> Void
        ) -> Option {
            Option(
                OptionDescription(
                    name: name,
                    letter: letter,
                    variable: variable,
                    argument: .none,
                    help: help
                )
            ) { (target, _) throws(ParseError) in
                apply(&target)
            }
        }

        /// An option with an argument.
        ///
        /// - Parameter placeholder: what stands for the argument in `--help`.
        @inlinable public static func value(
            _ name: StaticString,
            letter: Unicode.Scalar? = nil,
            _ placeholder: StaticString,
            completing completion: OptionArgument.Completion = .nothing,
            variable: StaticString? = nil,
            help: StaticString,
            apply: @escaping @Sendable (inout Target, ByteString) throws(ParseError) -> Void
        ) -> Option {
            Option(
                OptionDescription(
                    name: name,
                    letter: letter,
                    variable: variable,
                    argument: .required(placeholder, completion),
                    help: help
                )
            ) { (target, argument) throws(ParseError) in
                try apply(&target, argument ?? "")
            }
        }

        /// An option whose argument may be left out; it is joined to the name where it is there.
        @inlinable public static func optionalValue(
            _ name: StaticString,
            letter: Unicode.Scalar? = nil,
            _ placeholder: StaticString,
            variable: StaticString? = nil,
            help: StaticString,
            apply: @escaping @Sendable (inout Target, ByteString?) throws(ParseError) -> Void
        ) -> Option {
            Option(
                OptionDescription(
                    name: name,
                    letter: letter,
                    variable: variable,
                    argument: .optional(placeholder),
                    help: help
                ),
                apply
            )
        }
    }

    /// The options as they are read and shown.
    public let list: OptionList
    /// The options in the order of `--help`.
    @usableFromInline let options: [Option]

    /// A program's options.
    ///
    /// - Parameters:
    ///   - forms: the forms of the command line, without the name.
    ///   - summary: what the program is for, in a sentence or two.
    ///   - mixesOperands: whether options may stand behind operands, too.
    ///   - unsupported: Slurm's options that get an answer of their own.
    @inlinable public init(
        forms: [StaticString],
        summary: StaticString,
        mixesOperands: Bool = false,
        unsupported: @escaping @Sendable () -> [UnsupportedOption] = { [] },
        options: [Option]
    ) {
        self.options = options
        list = OptionList(
            forms: forms,
            summary: summary,
            mixesOperands: mixesOperands,
            unsupported: unsupported,
            options: options.map { $0.description }
        )
    }

    /// Sets what was found, in order: what comes later wins.
    ///
    /// - Throws: the value that is wrong, and where it stands.
    @inlinable public func apply(
        _ settings: [OptionSetting],
        to target: inout Target
    ) throws(OptionError) {
        for setting in settings {
            let option = options[setting.index]
            do {
                try option.apply(&target, setting.argument)
            } catch {
                let name = option.description.name.description
                throw OptionError(setting.origin, .value(option: name, error))
            }
        }
    }

    /// Reads the program's variables and command line, which wins, and gives the operands.
    ///
    /// Ends the program as ``OptionList/readCommandLine()`` does.
    @inlinable public func readCommandLine(into target: inout Target) -> [ByteString] {
        let reading = list.readCommandLine()
        do {
            try apply(list.readEnvironment(), to: &target)
            try apply(reading.settings, to: &target)
        } catch {
            Program.fail(error.description, .usage)
        }
        return reading.operands
    }
}
