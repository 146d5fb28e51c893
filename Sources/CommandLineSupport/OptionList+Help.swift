internal import JobModel

extension OptionList {
    /// The width that `--help` keeps to.
    private static var lineWidth: Int { 80 }
    /// The column in which what an option does begins.
    private static var helpColumn: Int { 29 }

    /// What `--help` prints: forms, summary, and each option in the order of the table.
    ///
    /// - Parameter program: the name that the program was called by.
    public func help(program: String) -> String {
        var text = ""
        for (index, form) in forms.enumerated() {
            text += "\(index == 0 ? "Usage:" : "      ") \(program) \(form)\n"
        }
        text += "\n\(Self.wrapped(summary.description, indent: 0))\n\nOptions:\n"
        for option in options {
            text += Self.entry(option.synopsis, option.explanation)
        }
        text += Self.entry(hasLetter("h") ? "    --help" : "-h, --help", "print this and end")
        text += Self.entry(
            hasLetter("V") ? "    --version" : "-V, --version",
            "print the version and end"
        )
        text += Self.entry("    --completion=SHELL", "print completions for bash or zsh and end")
        return text
    }

    private func hasLetter(_ letter: Unicode.Scalar) -> Bool {
        options.contains { $0.letter == letter }
    }

    private static func entry(_ synopsis: String, _ explanation: String) -> String {
        let head = "  \(synopsis)"
        let body = wrapped(explanation, indent: helpColumn)
        let gap = helpColumn - head.utf8.count
        guard gap >= 2 else {
            return "\(head)\n\(String(repeating: " ", count: helpColumn))\(body)\n"
        }
        return "\(head)\(String(repeating: " ", count: gap))\(body)\n"
    }

    /// Cut into lines at blanks; lines after the first are indented.
    private static func wrapped(_ text: String, indent: Int) -> String {
        var lines = ""
        var column = indent
        for word in text.split(separator: " ") {
            if column > indent, column + 1 + word.utf8.count > lineWidth {
                lines += "\n" + String(repeating: " ", count: indent)
                column = indent
            } else if column > indent {
                lines += " "
                column += 1
            }
            lines += word
            column += word.utf8.count
        }
        return lines
    }
}

extension OptionDescription {
    /// `-J, --job-name=NAME`.
    fileprivate var synopsis: String {
        let short = letter.map { "-\($0), " } ?? "    "
        return switch argument {
        case .none: "\(short)--\(name)"
        case .required(let placeholder, _): "\(short)--\(name)=\(placeholder)"
        case .optional(let placeholder): "\(short)--\(name)[=\(placeholder)]"
        }
    }

    fileprivate var explanation: String {
        variable.map { "\(help) [\($0)]" } ?? help.description
    }
}
