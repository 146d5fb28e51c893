import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import QueueStore
@testable import Supervision

/// A queue of a test's own: a state folder, a folder to work in, and a `schedd`.
final class TestQueue: @unchecked Sendable {
    /// That of the test that runs.
    @TaskLocal static var current: TestQueue?

    /// The folder that holds all of it.
    let path: String
    /// The state folder.
    let home: String
    /// Where jobs are submitted from.
    let work: String
    /// The `schedd` that was started last.
    private(set) var daemon: Child?
    private var opened: QueueStore?

    /// What `schedd` is told at its next start.
    var configuration = """
        unit = "thread"
        kill_wait = "2s"
        [[gpu]]
        type = "a100"
        memory = "40G"
        [[gpu]]
        type = "a100"
        memory = "40G"
        [[gpu]]
        type = "v100"
        """

    /// The two CPUs that are given out; fewer where this process may not use as many.
    static let cpus: [Int] = {
        let status = FileManager.default.contents(atPath: "/proc/self/status") ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("Cpus_allowed_list:")
        }
        let list = line?.split(separator: "\t").last.map(String.init) ?? ""
        let all = Array((try? CPUSet(parsing: ByteString(list))) ?? CPUSet())
        return Array(all.prefix(2))
    }()

    /// The folder of the programs, which are built beside the tests.
    static let programs: String = {
        let own = FileManager.default.destinationOfLink("/proc/self/exe")
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? own
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().path
    }()

    init() throws {
        var template = Array((NSTemporaryDirectory() + "sluice-e2e-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else {
            throw SystemError(call: "mkdtemp", code: errno)
        }
        path = String(cString: made)
        home = path + "/home"
        work = path + "/work"
        mkdir(work, 0o755)
    }

    /// The queue, opened once.
    func openStore() throws -> QueueStore {
        if let opened { return opened }
        let store = try QueueStore(folder: StateFolder(path: home))
        opened = store
        return store
    }

    /// Closes the queue; it is opened again where it is needed.
    func closeStore() { opened = nil }

    // MARK: schedd

    /// What every `schedd` of this queue has said so far.
    var log: String { text(path + "/log") }

    /// The words that start `schedd`, on the two CPUs.
    var daemonWords: [String] {
        let list = Self.cpus.map(String.init).joined(separator: ",")
        return ["/usr/bin/taskset", "-c", list, Self.programs + "/schedd"] + configurationWords
    }

    /// The option that names the configuration, which is written now.
    var configurationWords: [String] {
        let file = path + "/schedd.toml"
        write(file, configuration)
        return ["--config", file]
    }

    /// Starts a program of this queue whose messages go to the log.
    func start(
        _ words: [String],
        adding variables: [String: String] = [:],
        home: String? = nil
    ) throws -> Child {
        var environment = environment.merging(variables) { $1 }
        if let home { environment["SLUICE_HOME"] = home }
        let log = path + "/log"
        return try Child(words, environment: environment, in: path, output: log, error: log)
    }

    /// Starts `schedd`; it may not be ready when this returns.
    func startDaemon(adding variables: [String: String] = [:]) throws {
        daemon = try start(daemonWords, adding: variables)
    }

    /// Starts `schedd` and waits until it has the queue.
    func awaitDaemon() throws {
        let before = count("schedd runs for", in: log)
        try startDaemon()
        try wait(until: "schedd runs") {
            guard daemon?.hasEnded == false else { throw NeverHappened(what: "schedd runs") }
            return count("schedd runs for", in: log) > before
        }
    }

    /// Kills `schedd` as a crash would.
    func killDaemon() {
        daemon?.end()
        daemon = nil
    }

    /// Has `schedd` end as its service manager would.
    func stopDaemon() throws {
        daemon?.send(SIGTERM)
        try wait(until: "schedd has stopped") { daemon?.hasEnded ?? true }
        #expect(daemon?.exitCode == 0)
        daemon = nil
    }

    // MARK: Programs

    /// How a program ended and what it said.
    struct Run {
        var exitCode: CInt?
        var output: String
        var errors: String
    }

    /// The variables that programs are started with.
    var environment: [String: String] {
        ["PATH": "/usr/bin:/bin", "HOME": path, "SLUICE_HOME": home, "USER": "tester"]
    }

    /// Runs a program to its end.
    func run(
        _ words: [String],
        adding variables: [String: String] = [:],
        in folder: String? = nil,
        input: String? = nil
    ) throws -> Run {
        let name = path + "/run-\(UUID().uuidString)"
        if let input { write("\(name).in", input) }
        let child = try Child(
            words,
            environment: environment.merging(variables) { $1 },
            in: folder ?? work,
            input: input == nil ? "/dev/null" : "\(name).in",
            output: "\(name).out",
            error: "\(name).err"
        )
        defer { for end in ["in", "out", "err"] { unlink("\(name).\(end)") } }
        defer { child.end() }
        try wait(until: "\(words) has ended") { child.hasEnded }
        return Run(
            exitCode: child.exitCode,
            output: text("\(name).out"),
            errors: text("\(name).err")
        )
    }

    /// Runs `submit`.
    func submit(
        _ words: [String],
        adding variables: [String: String] = [:],
        in folder: String? = nil,
        input: String? = nil
    ) throws -> Run {
        try run(
            [Self.programs + "/submit"] + words,
            adding: variables,
            in: folder,
            input: input
        )
    }

    /// Submits what is to be accepted; the job's id.
    func job(
        _ words: String...,
        adding variables: [String: String] = [:],
        input: String? = nil
    ) throws -> JobID {
        let run = try submit(["--parsable"] + words, adding: variables, input: input)
        let line = run.output.split(separator: "\n").first.map(String.init) ?? ""
        guard run.exitCode == 0, let number = Int64(line) else {
            throw NeverHappened(what: "submit \(words): \(run.errors)")
        }
        return JobID(rawValue: number)
    }

    // MARK: Files

    /// The text of a file in the folder to work in, or of a path; empty where there is none.
    func text(_ name: String) -> String {
        let file = name.hasPrefix("/") ? name : "\(work)/\(name)"
        let data = FileManager.default.contents(atPath: file) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    /// The lines of a file.
    func lines(_ name: String) -> [String] {
        text(name).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    /// Writes a file.
    func write(_ name: String, _ text: String, mode: mode_t = 0o644) {
        let file = name.hasPrefix("/") ? name : "\(work)/\(name)"
        let written = FileManager.default.createFile(atPath: file, contents: Data(text.utf8))
        #expect(written && chmod(file, mode) == 0, "\(file) cannot be written")
    }

    /// Lets those go that wait for this file.
    func touch(_ name: String) { write(name, "") }

    func exists(_ name: String) -> Bool { access("\(work)/\(name)", F_OK) == 0 }

    private func count(_ part: String, in text: String) -> Int {
        text.components(separatedBy: part).count - 1
    }

    // MARK: Waiting

    /// Looks again and again until something is so, for at most a minute.
    func wait(until what: String, _ condition: () throws -> Bool) throws {
        let end = Clock.monotonicMicroseconds + 60_000_000
        while try !condition() {
            guard Clock.monotonicMicroseconds < end else { throw NeverHappened(what: what) }
            usleep(2_000)
        }
    }
}

/// Something that a test waited for in vain.
struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    let log = TestQueue.current?.log ?? ""

    var description: String { "never: \(what); schedd said:\n\(log)" }
}

extension FileManager {
    func destinationOfLink(_ path: String) -> String {
        (try? destinationOfSymbolicLink(atPath: path)) ?? ""
    }
}
