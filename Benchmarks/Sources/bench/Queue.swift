import Foundation

/// A queue in a folder of its own, with a `schedd` where one is wanted.
final class Queue {
    let programs: String
    let folder: String
    let environment: [String: String]

    init(programs: String, startsDaemon: Bool = true) throws {
        self.programs = programs
        folder = NSTemporaryDirectory() + "sluice-bench-\(UUID().uuidString)"
        var environment = ProcessInfo.processInfo.environment
        environment["SLUICE_HOME"] = folder
        self.environment = environment
        if startsDaemon { try start() }
    }

    deinit {
        _ = try? command("schedd", "--stop", "--cancel-jobs").time()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func start() throws { try command("schedd", "--background").time() }

    func stop() throws { try command("schedd", "--stop").time() }

    func command(_ program: String, _ arguments: String...) -> Command {
        Command(path: "\(programs)/\(program)", arguments: arguments, environment: environment)
    }

    /// A job that does nothing; more options may come first.
    func submission(_ options: String...) -> Command {
        Command(
            path: "\(programs)/submit",
            arguments: options + ["-o", "/dev/null", "/bin/true"],
            environment: environment
        )
    }

    /// The process of the `schedd`.
    func daemon() throws -> Int {
        let text = try Command(
            path: "/usr/bin/sqlite3",
            arguments: [
                "-readonly", folder + "/queue.db",
                "SELECT value FROM fact WHERE name = 'schedd_pid'",
            ],
            environment: environment
        ).output()
        guard let pid = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw BenchmarkError("schedd has not said its process number")
        }
        return pid
    }
}
