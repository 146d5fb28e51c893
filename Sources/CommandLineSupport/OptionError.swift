public import JobModel

/// An option that is wrong: where it stands, and what is wrong with it.
public struct OptionError: Error, Equatable, Sendable {
    /// Where an option stands.
    public enum Origin: Equatable, Sendable {
        /// On the command line.
        case commandLine
        /// In a line of a script.
        case script(ByteString, line: Int)
        /// In an environment variable.
        case variable(String)
    }

    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// There is no such option; perhaps this one was meant.
        case unknown(ByteString, nearest: String?)
        /// The beginning of several options.
        case ambiguous(ByteString, candidates: [String])
        /// Slurm has it; it is not here yet.
        case unsupported(ByteString)
        /// Its argument is missing.
        case missingArgument(option: ByteString)
        /// It takes no argument.
        case superfluousArgument(option: ByteString)
        /// Its argument is wrong.
        case value(option: String, ParseError)
        /// A word that belongs to no option, where none may stand.
        case strayWord(ByteString)
    }

    /// Where it stands.
    public var origin: Origin
    /// What is wrong.
    public var problem: Problem

    /// A refusal of an option.
    public init(_ origin: Origin, _ problem: Problem) {
        self.origin = origin
        self.problem = problem
    }
}

extension OptionError: CustomStringConvertible {
    /// One line: `--mem: '12Q' is not a size; …`, `job.sh: line 3: --foo: …`.
    public var description: String {
        switch origin {
        case .commandLine: wording
        case .script(let name, let line): "\(name.string): line \(line): \(wording)"
        case .variable(let name): "\(name): \(valueWording ?? wording)"
        }
    }

    private var valueWording: String? {
        if case .value(_, let error) = problem { error.description } else { nil }
    }

    private var wording: String {
        switch problem {
        case .unknown(let option, let nearest?):
            "there is no option \(option.string); did you mean --\(nearest)?"
        case .unknown(let option, nil):
            "there is no option \(option.string); --help lists them"
        case .ambiguous(let option, let candidates):
            "\(option.string) may be "
                + candidates.map { "--\($0)" }.joined(separator: " or ")
                + "; use more letters"
        case .unsupported(let option):
            "\(option.string) is an option of Slurm that is not supported yet; take it out"
        case .missingArgument(let option):
            "\(option.string) needs an argument; --help shows it"
        case .superfluousArgument(let option):
            "\(option.string) takes no argument; use it alone"
        case .value(let option, let error):
            "--\(option): \(error)"
        case .strayWord(let word):
            "'\(word.string)' is not an option; only options may stand here"
        }
    }
}
