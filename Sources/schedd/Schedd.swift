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
        LoggingSystem.bootstrap { _ in LineLog() }
        let daemon = try Daemon(
            folder: .standard,
            configuration: configuration,
            supervisor: supervisor,
            log: Logger(label: "schedd")
        )
        try daemon.run(ready: Readiness.tell)
    }

    /// The path of this program.
    static var executable: String {
        var path = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/exe", &path, path.count - 1)
        let bytes = path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `stepd` beside this program, or in libexec beside its folder.
    private static var supervisor: String {
        let folder = executable.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let installed = folder + "/../libexec/sluice/stepd"
        let isInstalled = unsafe access(installed, X_OK) == 0
        return isInstalled ? installed : folder + "/stepd"
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
