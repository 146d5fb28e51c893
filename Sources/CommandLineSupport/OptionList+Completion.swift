public import JobModel

/// A shell that completions can be written for.
public enum Shell: String, CaseIterable, Sendable {
    /// GNU Bash, with or without bash-completion.
    case bash
    /// The Z shell.
    case zsh

    /// A shell by its name.
    ///
    /// - Throws: a ``JobModel/ParseError`` for any other.
    public init(parsing text: ByteString) throws(ParseError) {
        guard let shell = Self(rawValue: text.string) else {
            throw ParseError(text, .word(of: "bash or zsh"))
        }
        self = shell
    }
}

extension OptionList {
    /// What `--completion` prints: a file for the shell's completion folder.
    ///
    /// - Parameter program: the name that the program is called by.
    public func completion(for shell: Shell, program: String) -> String {
        switch shell {
        case .bash: bashCompletion(program)
        case .zsh: zshCompletion(program)
        }
    }

    private func bashCompletion(_ program: String) -> String {
        let function = Self.functionName(program)
        var cases = ""
        for option in options {
            guard case .required(_, let completion) = option.argument else { continue }
            let names = option.letter.map { "-\($0)|--\(option.name)" } ?? "--\(option.name)"
            cases += "        \(names)) \(completion.bash)return ;;\n"
        }
        let names =
            options.map { option in
                option.argument.isNone ? "--\(option.name)" : "--\(option.name)="
            } + ["--help", "--version", "--completion="]
        return """
            # bash completion for \(program)
            \(function)() {
                local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
                if [[ $current == "=" ]]; then
                    current=""
                elif [[ $previous == "=" ]]; then
                    previous="${COMP_WORDS[COMP_CWORD-2]}"
                fi
                case "$previous" in
            \(cases)        --completion) COMPREPLY=($(compgen -W "bash zsh" -- "$current")); return ;;
                esac
                if [[ $current == -* ]]; then
                    COMPREPLY=($(compgen -W "\(names.joined(separator: " "))" -- "$current"))
                    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
                    return
                fi
                COMPREPLY=($(compgen -c -f -- "$current"))
            }
            complete -o filenames -F \(function) \(program)

            """
    }

    private func zshCompletion(_ program: String) -> String {
        var lines = ""
        for option in options {
            let help = Self.zshQuoted(option.help.description)
            let action: String
            let suffix: String
            switch option.argument {
            case .none: (suffix, action) = ("", "")
            case .required(let placeholder, let completion):
                (suffix, action) = ("=", ":\(placeholder):\(completion.zsh)")
            case .optional(let placeholder): (suffix, action) = ("=-", "::\(placeholder):")
            }
            let long = "--\(option.name)\(suffix)"
            if let letter = option.letter {
                let joined = option.argument.isNone ? "-\(letter)" : "-\(letter)+"
                lines += "    '(-\(letter) --\(option.name))'{\(joined),\(long)}"
                lines += "'[\(help)]\(action)' \\\n"
            } else {
                lines += "    '\(long)[\(help)]\(action)' \\\n"
            }
        }
        return """
            #compdef \(program)
            _arguments -S -A '-*' \\
            \(lines)    '--help[print the options]' \\
                '--version[print the version]' \\
                '--completion=[print completions]:SHELL:(bash zsh)' \\
                '1: :{_alternative "files:file:_files" "commands:command:_command_names -e"}' \\
                '*:argument:_files'

            """
    }

    private static func functionName(_ program: String) -> String {
        "_"
            + String(
                String.UnicodeScalarView(
                    program.unicodeScalars.map { scalar in
                        scalar.properties.isAlphabetic && scalar.isASCII
                            || "0"..."9" ~= scalar ? scalar : "_"
                    }
                )
            )
    }

    /// A text that may stand in brackets within quotes.
    private static func zshQuoted(_ text: String) -> String {
        var quoted = ""
        for character in text.unicodeScalars {
            switch character {
            case "'": quoted += "'\\''"
            case "[", "]", ":", "\\": quoted += "\\\(character)"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted
    }
}

extension OptionArgument.Completion {
    fileprivate var bash: String {
        switch self {
        case .nothing: ""
        case .files: "COMPREPLY=($(compgen -f -- \"$current\")); "
        case .folders: "COMPREPLY=($(compgen -d -- \"$current\")); "
        case .words(let words): "COMPREPLY=($(compgen -W \"\(words)\" -- \"$current\")); "
        }
    }

    fileprivate var zsh: String {
        switch self {
        case .nothing: ""
        case .files: "_files"
        case .folders: "_files -/"
        case .words(let words): "(\(words))"
        }
    }
}
