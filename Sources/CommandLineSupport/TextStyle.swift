internal import Glibc
internal import JobModel

/// How a cell of a table stands out on a terminal (ECMA-48, SGR).
public enum TextStyle: String, Sendable {
    /// As everything else.
    case plain = ""
    /// Heavier, for heads.
    case bold = "1"
    /// Fainter, for what is over.
    case dim = "2"
    /// For what went wrong.
    case red = "31"
    /// For what runs or went well.
    case green = "32"
    /// For what needs a look.
    case yellow = "33"

    /// Whether standard output is to be coloured: a terminal that can, and no NO_COLOR in the
    /// environment (no-color.org).
    public static var isWanted: Bool {
        guard isatty(STDOUT_FILENO) == 1 else { return false }
        guard Program.variable("NO_COLOR")?.isEmpty ?? true else { return false }
        let terminal = Program.variable("TERM")
        return terminal != nil && terminal != "dumb"
    }

    /// Switches the style on; nothing for plain text.
    func begin(in buffer: inout OutputBuffer) {
        guard self != .plain else { return }
        buffer.append("\u{1B}[")
        buffer.append(rawValue)
        buffer.append("m")
    }

    /// Switches all styles off; nothing for plain text.
    func end(in buffer: inout OutputBuffer) {
        guard self != .plain else { return }
        buffer.append("\u{1B}[0m")
    }
}
