import Foundation
import JobModel
import Linux
import QueueStore
import Testing

/// A queue in a folder of a test's own, which the programs are run on without a `schedd`; what it
/// would do, the test does.
final class ToolQueue {
    /// The folder that holds all of it, and where the programs are run.
    let path: String
    /// The queue.
    let store: QueueStore

    /// How a program ended and what it said.
    struct Run {
        var status: Int32
        var output: String
        var errors: String

        /// The lines of standard output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// The folder of the programs, which are built beside the tests.
    static let programs: String = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? own
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().path
    }()

    init() throws {
        path = NSTemporaryDirectory() + "sluice-tools-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        store = try QueueStore(folder: StateFolder(path: path + "/home"))
        try store.write { try store.leave(userName: "anna", of: geteuid()) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    // MARK: Programs

    /// A process that has not been started, whose output goes to files of this name.
    func process(_ words: [String], _ variables: [String: String], output: String) throws -> Process
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(Self.programs)/\(words[0])")
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = [
            "PATH": "/usr/bin:/bin", "SLUICE_HOME": path + "/home", "TZ": "UTC",
        ].merging(variables) { $1 }
        process.standardInput = FileHandle.nullDevice
        for (end, attach) in [
            ("out", { process.standardOutput = $0 }), ("err", { process.standardError = $0 }),
        ] as [(String, (FileHandle) -> Void)] {
            let file = "\(path)/\(output).\(end)"
            #expect(FileManager.default.createFile(atPath: file, contents: nil))
            attach(try FileHandle(forWritingTo: URL(fileURLWithPath: file)))
        }
        return process
    }

    /// Runs a program to its end.
    @discardableResult
    func run(_ words: String..., with variables: [String: String] = [:]) throws -> Run {
        let name = "run-\(UUID().uuidString)"
        let process = try process(words, variables, output: name)
        try process.run()
        process.waitUntilExit()
        return Run(
            status: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus,
            output: text("\(name).out"),
            errors: text("\(name).err")
        )
    }

    /// Runs a program whose output is JSON.
    func json(_ words: String...) throws -> [String: Any] {
        let name = "run-\(UUID().uuidString)"
        let process = try process(words, [:], output: name)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text("\(name).err"))")
        let data = FileManager.default.contents(atPath: "\(path)/\(name).out") ?? Data()
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// The text of a file in the folder; empty where there is none.
    func text(_ name: String) -> String {
        let data = FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    func write(_ name: String, _ text: String) {
        #expect(
            FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data(text.utf8))
        )
    }

    /// Looks again and again until something is so, for at most a minute.
    func wait(until what: String, _ condition: () throws -> Bool) throws {
        let end = Clock.monotonicMicroseconds + 60_000_000
        while try !condition() {
            try #require(Clock.monotonicMicroseconds < end, "never: \(what)")
            usleep(2_000)
        }
    }

    // MARK: Jobs

    var now: Timestamp { Timestamp(microseconds: Clock.realtimeMicroseconds) }

    /// Puts a job in the queue.
    @discardableResult
    func submit(
        _ name: ByteString = "job",
        _ change: (inout JobDescription) -> Void = { _ in }
    ) throws -> JobID {
        var job = JobDescription(
            name: name,
            uid: geteuid(),
            gid: getegid(),
            payload: .command(path: "/usr/bin/true", arguments: ["true", "a b"]),
            environment: ["A=1"],
            workDirectory: ByteString(path),
            umask: 0o022,
            limits: []
        )
        change(&job)
        return try store.submit(job, at: now)
    }

    /// Puts an array in the queue.
    @discardableResult
    func submitArray(_ indices: ByteString, _ name: ByteString = "array") throws -> JobID {
        let array = try ArraySpecification(parsing: indices)
        return try submit(name) {
            $0.array = array.indices
            $0.arrayThrottle = array.throttle
        }
    }

    /// Starts a job, or an array's next task.
    @discardableResult
    func start(
        _ job: JobID,
        _ allocation: ByteString = "cpu=0",
        predicted: Int64? = nil,
        at instant: Timestamp? = nil
    ) throws -> AttemptID {
        let allocation = try Allocation(parsing: allocation)
        let claimed = try store.write {
            try store.claim(
                job,
                allocation,
                boot: "boot",
                predicted: predicted,
                at: instant ?? now
            )
        }
        return try #require(claimed).attempt
    }

    /// Ends an attempt.
    func end(
        _ attempt: AttemptID,
        _ cause: Outcome.Cause = .exited,
        exitCode: Int = 0,
        signal: Int = 0,
        message: String = "",
        at instant: Timestamp? = nil
    ) throws {
        let end = instant ?? now
        let outcome = Outcome(
            cause: cause,
            exitCode: exitCode,
            signal: signal,
            endedAt: end,
            cpuMicroseconds: 1_250_000,
            maxRSSBytes: 3 << 20,
            message: message
        )
        let ended = try store.write { try store.end(attempt, outcome, at: end) }
        #expect(ended != nil)
    }

    /// A job that has run and ended.
    @discardableResult
    func finished(
        _ name: ByteString = "job",
        exitCode: Int = 0,
        at instant: Timestamp? = nil
    ) throws -> JobID {
        let job = try submit(name)
        try end(start(job), exitCode: exitCode, at: instant)
        return job
    }

    /// The rows of a job: one, or those of an array.
    func records(_ job: JobID) throws -> [JobRecord] {
        var records: [JobRecord] = []
        try store.forEachJob(JobFilter(.jobs([JobReference(id: job)]))) { records.append($0) }
        return records
    }

    func state(_ job: JobID) throws -> JobState? { try records(job).first?.state }

    /// What has been asked of `schedd`, such as `signal 3 10`.
    func orders() throws -> [String] {
        try store.journal(after: 0).filter { $0.verb != .submit }.map {
            "\($0.verb.rawValue) \($0.job)" + ($0.argument.map { " \($0)" } ?? "")
        }
    }
}
