internal import Glibc
internal import Linux

/// Where all that is no result goes.
public enum StandardError {
    /// Writes one line, in which nothing can break the line or reach the terminal.
    ///
    /// A standard error that cannot be written to is passed over: there is nowhere to say so.
    public static func write(line: String) {
        var buffer = OutputBuffer()
        TerminalText.append(line, to: &buffer)
        buffer.append(UInt8(ascii: "\n"))
        try? buffer.write(to: STDERR_FILENO)
    }
}
