import CommandLineSupport
import Glibc
import Linux
import QueueStore

/// `reconfigure`: has `schedd` read its configuration anew, and says what came of it.
enum Reconfiguration {
    /// For how long `schedd` may be at it, in microseconds.
    private static let patience: Int64 = 30_000_000

    /// How often is looked whether it is done, in milliseconds.
    private static let interval: CInt = 10

    static func run() -> Never {
        let reading = Program.withQueue { try ask($0) }
        if reading.isMistake {
            Program.fail("\(reading.words); the configuration stays as it was", .configuration)
        }
        var output = OutputBuffer()
        output.append("the configuration is read anew: \(reading.words)\n")
        Program.finish(output)
    }

    /// Another reading may be under way that began before the file was changed: only one that
    /// begins after the signal tells of it.
    private static func ask(_ store: QueueStore) throws -> ConfigurationReading {
        let process = try Program.daemon(of: store)
        let asked = Clock.monotonicMicroseconds
        var runs = try process.send(signal: SIGHUP)
        while Clock.monotonicMicroseconds < asked + patience {
            if let reading = try store.configurationReading(), reading.begun >= asked {
                return reading
            }
            guard runs else {
                Program.fail("schedd ended before it had read its configuration", .unavailable)
            }
            runs = !process.hasEnded(within: interval)
        }
        Program.fail(
            "schedd (pid \(process.pid)) has not read its configuration in 30 seconds",
            .unavailable
        )
    }
}
