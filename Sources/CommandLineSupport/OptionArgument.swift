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
