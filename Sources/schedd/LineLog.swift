import CommandLineSupport
import Glibc
import JobModel
import Linux
import Logging

/// Writes each event as one line to standard error: when, how grave, which job, what.
///
/// `2026-11-24T13:40:19 notice job=17 attempt=1 starts on cpus=0-3`. What comes from a user, such as
/// a path, is escaped, so that a line stays a line.
struct LineLog: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// schedd has one thread.
    private nonisolated(unsafe) static var stream = LogStream(to: STDERR_FILENO)

    func log(event: LogEvent) {
        unsafe Self.stream.write(line(event.level, event.message.description)) { count in
            LineLog().line(
                .warning,
                "\(count) lines of this log are lost: nobody read them in time"
            )
        }
    }

    private func line(_ level: Logger.Level, _ message: String) -> OutputBuffer {
        var line = OutputBuffer(capacity: 160)
        LocalTime.append(Timestamp(microseconds: Clock.realtimeMicroseconds), to: &line)
        line.append(" \(level) ")
        for key in ["job", "attempt"] {
            guard let value = metadata[key] else { continue }
            line.append("\(key)=\(value) ")
        }
        TerminalText.append(message, to: &line)
        line.append("\n")
        return line
    }
}
