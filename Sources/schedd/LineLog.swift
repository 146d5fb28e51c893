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

    func log(event: LogEvent) {
        var line = OutputBuffer(capacity: 160)
        LocalTime.append(Timestamp(microseconds: Clock.realtimeMicroseconds), to: &line)
        line.append(" \(event.level) ")
        for key in ["job", "attempt"] {
            guard let value = metadata[key] else { continue }
            line.append("\(key)=\(value) ")
        }
        TerminalText.append(event.message.description, to: &line)
        line.append("\n")
        try? line.write(to: STDERR_FILENO)
    }
}
