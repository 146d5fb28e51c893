import Foundation
import JobModel
import QueueStore
import Testing

/// What holds for each program.
struct EveryProgramTests {
    let queue: ToolQueue

    init() throws { queue = try ToolQueue() }

    /// A command line of each program that looks into the queue.
    private static let commands = [
        ["submit", "/usr/bin/true"], ["queue"], ["queue", "--json"], ["queue", "--follow", "1"],
        ["cancel", "1"], ["control", "hold", "1"], ["control", "show", "job", "1"],
        ["control", "reconfigure"], ["history"], ["resources"], ["simulate", "--from-history"],
    ]

    private func run(_ words: [String], home: String? = nil) throws -> ToolQueue.Run {
        let variables = home.map { ["SLUICE_HOME": $0] } ?? [:]
        let process = try queue.process(words, variables, output: "run")
        try process.run()
        process.waitUntilExit()
        return .init(
            status: process.terminationStatus,
            output: queue.text("run.out"),
            errors: queue.text("run.err")
        )
    }

    /// Makes a state folder whose database has these bytes.
    private func home(database: Data) throws -> String {
        let home = queue.path + "/other"
        try FileManager.default.createDirectory(
            atPath: home,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        try database.write(to: URL(fileURLWithPath: home + "/queue.db"))
        return home
    }

    @Test(arguments: commands)
    func `a queue from a newer version is refused and left as it is`(words: [String]) throws {
        var database = try Data(
            contentsOf: URL(fileURLWithPath: queue.path + "/home/queue.db")
        )
        // The user version is the big-endian number at byte 60 (sqlite.org/fileformat.html).
        database[63] = 99
        let home = try home(database: database)
        let run = try run(words, home: home)
        #expect(run.status == 69 && run.output == "")
        #expect(run.errors.contains("made by a newer Sluice (schema 99"))
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(FileManager.default.contents(atPath: home + "/queue.db") == database)
    }

    @Test(arguments: commands)
    func `a damaged queue is refused and left as it is`(words: [String]) throws {
        let garbage = Data(repeating: 0x5A, count: 8_192)
        let home = try home(database: garbage)
        let run = try run(words, home: home)
        #expect(run.status == 69 && run.output == "")
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.errors.contains("\(home)/queue.db"))
        #expect(FileManager.default.contents(atPath: home + "/queue.db") == garbage)
    }

    @Test func `a program with a prefix names schedd with it`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: queue.path + "/sl-submit",
            withDestinationPath: ToolQueue.programs + "/submit"
        )
        let process = try queue.process(["submit", "true"], [:], output: "run")
        process.executableURL = URL(fileURLWithPath: queue.path + "/sl-submit")
        try process.run()
        process.waitUntilExit()
        #expect(queue.text("run.err").hasPrefix("sl-submit: no schedd runs"))
        #expect(queue.text("run.err").hasSuffix(": sl-schedd --background\n"))
    }

    @Test(arguments: commands)
    func `a program may be started without standard streams`(words: [String]) throws {
        try queue.end(queue.start(queue.submit()))
        let closed = try queue.process(words, [:], output: "run")
        let program = try #require(closed.executableURL).path
        closed.executableURL = URL(fileURLWithPath: "/bin/sh")
        closed.arguments = ["-c", "exec \"$0\" \"$@\" <&- >&- 2>&-", program] + words.dropFirst()
        try closed.run()
        closed.waitUntilExit()
        #expect(closed.terminationReason == .exit)
        // The job has ended, no schedd runs, and there is no machine to replay it on.
        let refuses =
            [["control", "hold", "1"], ["control", "reconfigure"]].contains(words)
            || words[0] == "simulate"
        #expect(closed.terminationStatus == (refuses ? 1 : 0))
        #expect(try queue.records(JobID(rawValue: 1)).count == 1)
    }

    @Test(
        arguments: ["submit", "queue", "cancel", "control", "history", "resources", "simulate"]
    )
    func `every program tells its options and its version`(program: String) throws {
        let help = try run([program, "--help"])
        #expect(help.status == 0 && help.output.hasPrefix("Usage: \(program) "))
        #expect(help.output.split(separator: "\n").allSatisfy { $0.utf8.count <= 80 })
        let version = try run([program, "--version"])
        #expect(version.status == 0 && version.output.hasPrefix("\(program) (Sluice) "))
    }

    @Test(arguments: ["queue", "cancel", "control", "history"])
    func `options may stand behind operands, up to two dashes`(program: String) throws {
        let verb = program == "control" ? ["show", "job"] : []
        #expect(try run([program] + verb + ["1", "--version"]).output.contains("Sluice"))
        #expect(try run([program] + verb + ["1", "--", "--version"]).status == 64)
    }

    @Test func `a job is the same object in every program`() throws {
        let job = try queue.submit("x") {
            $0.dependency = try? Dependency(parsing: "singleton")
            $0.comment = "why"
        }
        let text = try queue.run("queue", "--json").output
        #expect(try queue.run("control", "show", "job", "\(job)", "--json").output == text)
        let jobs = try queue.json("queue", "--json")["jobs"] as? [[String: Any]]
        let record = try #require(jobs?.first)
        #expect(
            Set(record.keys) == [
                "job_id", "array_job_id", "array_task_id", "array_tasks", "name", "user", "uid",
                "state", "reason", "priority", "nice", "cpus_requested", "gpus_requested", "cpus",
                "gpus", "gpu_memory_bytes_requested", "memory_bytes", "memory_by_node",
                "time_limit_seconds", "submit_time", "eligible_time",
                "expected_start_time", "start_time", "end_time", "elapsed_seconds", "exit_code",
                "signal", "attempts", "restarts", "predicted_seconds", "cpu_seconds",
                "max_rss_bytes", "work_dir",
                "command", "stdout_path", "stderr_path", "dependency", "comment",
                "system_comment",
            ]
        )
        #expect(record["stdout_path"] as? String == "\(queue.path)/slurm-1.out")
        #expect(record["command"] as? String == "/usr/bin/true a b")
        #expect(record["end_time"] is NSNull && record["exit_code"] is NSNull)
        #expect(record["comment"] as? String == "why" && record["user"] as? String == "anna")
    }

    @Test func `what runs holds CPUs and GPUs by number`() throws {
        let facts = MachineFacts(
            cpus: 8,
            memory: MemorySize(bytes: 1 << 33),
            gpus: [
                .init(
                    index: 3,
                    uuid: "GPU-a",
                    type: "a100",
                    memoryBytes: 7,
                    isUsedOutside: false
                )
            ]
        )
        try queue.store.write { try queue.store.leave(facts) }
        let job = try queue.submit { $0.request.memory = .perNode(MemorySize(bytes: 1 << 20)) }
        try queue.start(job, "cpu=0-2,6 gpu=GPU-a:1000,GPU-gone:1000")
        let jobs = try queue.json("queue", "--json")["jobs"] as? [[String: Any]]
        let record = try #require(jobs?.first)
        #expect(record["cpus"] as? [Int] == [0, 1, 2, 6])
        #expect(record["memory_bytes"] as? Int == 1 << 20)
        let gpus = try #require(record["gpus"] as? [[String: Any]])
        #expect(gpus[0]["index"] as? Int == 3 && gpus[0]["memory_bytes"] as? Int == 7)
        #expect(gpus[1]["index"] is NSNull && gpus[1]["uuid"] as? String == "GPU-gone")
    }
}
