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

    /// CPU seconds that the `schedd` has used (proc(5)).
    func cpuSeconds() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(try daemon())/schedstat", encoding: .utf8)
        guard let nanoseconds = text.split(separator: " ").first.flatMap({ Double($0) }) else {
            throw BenchmarkError("the kernel does not tell how long schedd has run")
        }
        return nanoseconds / 1e9
    }

    /// How many cores `schedd` gives out.
    func cores() throws -> Int {
        let text = try query("SELECT value FROM fact WHERE name = 'cpus'")
        guard let count = Int(text) else { throw BenchmarkError("schedd does not tell its cores") }
        return count
    }

    /// The process of the `schedd`.
    func daemon() throws -> Int {
        guard let pid = Int(try query("SELECT value FROM fact WHERE name = 'schedd_pid'")) else {
            throw BenchmarkError("schedd has not said its process number")
        }
        return pid
    }

    /// What a statement that gives one value says of the database.
    func query(_ statement: String) throws -> String {
        try Command(
            path: "/usr/bin/sqlite3",
            arguments: ["-readonly", folder + "/queue.db", statement],
            environment: environment
        ).output().trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
