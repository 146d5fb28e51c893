public import JobModel

/// The options of a program, each of which stands here once.
///
/// The command line, `#SBATCH` lines, variables, `--help` and completions all come from it.
public struct OptionTable<Target>: Sendable {
    /// One option.
    public struct Option: Sendable {
        /// The long name, without dashes.
        let name: StaticString
        /// The letter of the short form.
        let letter: Unicode.Scalar?
        /// The environment variable that sets it.
        let variable: StaticString?
        /// Whether it takes an argument.
        let argument: OptionArgument
        /// What it does, without a full stop.
        let help: StaticString
        /// Sets it; the argument is nil where there is none.
        let apply: @Sendable (inout Target, ByteString?) throws(ParseError) -> Void

        /// An option without an argument.
        public static func flag(
            _ name: StaticString,
            letter: Unicode.Scalar? = nil,
            variable: StaticString? = nil,
            help: StaticString,
            apply: @escaping @Sendable (inout Target) -> Void
        ) -> Option {
            Option(name: name, letter: letter, variable: variable, argument: .none, help: help) {
                (target, _) throws(ParseError) in
                apply(&target)
            }
        }

        /// An option with an argument.
        ///
        /// - Parameter placeholder: what stands for the argument in `--help`.
        public static func value(
            _ name: StaticString,
            letter: Unicode.Scalar? = nil,
            _ placeholder: StaticString,
            completing completion: OptionArgument.Completion = .nothing,
            variable: StaticString? = nil,
            help: StaticString,
            apply: @escaping @Sendable (inout Target, ByteString) throws(ParseError) -> Void
        ) -> Option {
            Option(
                name: name,
                letter: letter,
                variable: variable,
                argument: .required(placeholder, completion),
                help: help
            ) { (target, argument) throws(ParseError) in
                try apply(&target, argument ?? "")
            }
        }

        /// An option whose argument may be left out; it is joined to the name where it is there.
        public static func optionalValue(
            _ name: StaticString,
            letter: Unicode.Scalar? = nil,
            _ placeholder: StaticString,
            variable: StaticString? = nil,
            help: StaticString,
            apply: @escaping @Sendable (inout Target, ByteString?) throws(ParseError) -> Void
        ) -> Option {
            Option(
                name: name,
                letter: letter,
                variable: variable,
                argument: .optional(placeholder),
                help: help,
                apply: apply
            )
        }
    }

    /// An option that was found, with its argument.
    public struct Setting: Sendable {
        let option: Option
        let argument: ByteString?
        /// Where it stands.
        let origin: OptionError.Origin
    }

    /// What a command line says.
    public struct Reading: Sendable {
        /// The options in order.
        public var settings: [Setting] = []
        /// The words behind the options.
        public var operands: [ByteString] = []
        /// What is asked instead of the program's work; nil where nothing is.
        var question: Question?
    }

    /// What every program answers by itself.
    enum Question: Equatable {
        case help
        case version
        case completion(ByteString)
    }

    /// What the program is for, in one sentence.
    let summary: StaticString
    /// The forms of its command line, without the name.
    let forms: [StaticString]
    /// The options in the order of `--help`.
    let options: [Option]
    /// Slurm's options that are known and not supported yet.
    let unsupported: @Sendable () -> [UnsupportedOption]

    /// A program's options.
    ///
    /// - Parameters:
    ///   - forms: the forms of the command line, without the name.
    ///   - summary: what the program is for, in one sentence.
    ///   - unsupported: Slurm's options that get an answer of their own.
    public init(
        forms: [StaticString],
        summary: StaticString,
        unsupported: @escaping @Sendable () -> [UnsupportedOption] = { [] },
        options: [Option]
    ) {
        self.forms = forms
        self.summary = summary
        self.options = options
        self.unsupported = unsupported
    }

    /// Sets what was found, in order: what comes later wins.
    ///
    /// - Throws: the value that is wrong, and where it stands.
    public func apply(_ settings: [Setting], to target: inout Target) throws(OptionError) {
        for setting in settings {
            do {
                try setting.option.apply(&target, setting.argument)
            } catch {
                let name = setting.option.name.description
                throw OptionError(setting.origin, .value(option: name, error))
            }
        }
    }

    /// The options that environment variables set.
    ///
    /// - Parameter value: the value of a variable; nil where it is not set.
    public func readEnvironment(
        value: (StaticString) -> ByteString? = Program.variable
    ) -> [Setting] {
        var settings: [Setting] = []
        for option in options {
            guard let variable = option.variable, let text = value(variable) else { continue }
            let argument = option.argument.isNone ? nil : text
            let origin = OptionError.Origin.variable(variable.description)
            settings.append(Setting(option: option, argument: argument, origin: origin))
        }
        return settings
    }
}

/// Whether an option takes an argument, and which.
public enum OptionArgument: Sendable {
    /// What a shell offers for an argument.
    public enum Completion: Sendable {
        /// Nothing.
        case nothing
        /// Names of files.
        case files
        /// Names of folders.
        case folders
        /// These words, with blanks between.
        case words(StaticString)
    }

    /// It takes none.
    case none
    /// It must have one.
    case required(StaticString, Completion)
    /// It may have one.
    case optional(StaticString)

    /// Whether it takes none.
    var isNone: Bool {
        if case .none = self { true } else { false }
    }
}

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
