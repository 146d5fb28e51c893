import CommandLineSupport
import Daemon
import Glibc
import JobModel
import Linux
import Logging
import QueueStore

/// What the program `schedd` does with its options.
enum Schedd {
    static func run(_ options: ScheddOptions) -> Never {
        if options.cancelsJobs && !options.stops {
            Program.fail("--cancel-jobs goes with --stop", .usage)
        }
        if options.probesGPUs { GPUReport.print() }
        do {
            if options.stops { try Stopping.stop(cancelsJobs: options.cancelsJobs) }
            let read = { try configuration(options.configuration) }
            // A mistake in it is told before anything is detached.
            if options.isBackground && !Readiness.isAwaited {
                _ = try read()
                try Background.start()
            }
            try serve(read)
        } catch let error as ConfigurationError {
            Program.fail("\(error)", .configuration)
        } catch let error as Daemon.AlreadyRunning {
            Program.fail("\(error)", .refused)
        } catch let error as QueueError {
            Program.fail("\(error)", .unavailable)
        } catch {
            Program.fail("\(error)", .inputOutput)
        }
        Program.exit(.success)
    }

    private static func serve(_ configuration: @escaping () throws -> Configuration) throws {
        // Whoever reads the log may go away.
        signal(SIGPIPE, SIG_IGN)
        // Each job that runs takes three; a usual limit of 1024 would be that of some 300 jobs.
        DescriptorLimit.raise()
        LoggingSystem.bootstrap { _ in LineLog() }
        let daemon = try Daemon(
            folder: .standard,
            configuration: configuration,
            supervisor: Installation.supervisor,
            log: Logger(label: "schedd")
        )
        try daemon.run(ready: Readiness.tell)
    }

    private static func configuration(_ given: ByteString?) throws -> Configuration {
        let standard = "/etc/sluice/schedd.toml"
        let path = given?.string ?? standard
        let isThere = unsafe access(path, F_OK) == 0
        guard given != nil || isThere else { return Configuration() }
        let file = try openFile(in: AT_FDCWD, Array(path.utf8), O_RDONLY)
        return try Configuration(
            text: String(decoding: try file.readToEnd(), as: UTF8.self),
            file: path
        )
    }
}
