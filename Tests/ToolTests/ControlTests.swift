import Foundation
import Glibc
import JobModel
import Linux
import QueueStore
import Testing

struct ControlTests {
    let queue: ToolQueue

    init() throws { queue = try ToolQueue() }

    @Test func `show says why a job could not be launched`() throws {
        let job = try queue.submit()
        try queue.end(queue.start(job), .launchFailed, message: "chdir /gone: No such file")
        let sheet = try queue.run("control", "show", "job", "\(job)").output
        #expect(sheet.contains("Reason=JobLaunchFailure"))
        #expect(sheet.contains("SystemComment=chdir /gone: No such file\n"))
    }

    @Test func `show says what was expected, and when a job ends that stood still`() throws {
        let noon = Timestamp(microseconds: 1_700_049_600_000_000)
        func after(_ seconds: Int64) -> Timestamp {
            Timestamp(microseconds: noon.microseconds + seconds * 1_000_000)
        }
        func sheet(_ job: JobID) throws -> String {
            try queue.run("control", "show", "job", "\(job)", with: ["TZ": "UTC"]).output
        }
        let job = try queue.submit { $0.timeLimit = .seconds(100) }
        let attempt = try queue.start(job, predicted: 90, at: noon)
        #expect(try sheet(job).contains("TimeLimit=00:01:40 PredictedTime=00:01:30\n"))
        #expect(try sheet(job).contains("EndTime=2023-11-15T12:01:40"))
        #expect(try queue.store.write { try queue.store.suspend(attempt, at: after(10)) })
        #expect(try sheet(job).contains("JobState=SUSPENDED"))
        #expect(
            try sheet(job).contains("EndTime=Unknown") && sheet(job).contains("RunTime=00:00:10")
        )
        let goesOn = try queue.store.write {
            try queue.store.resume(
                attempt,
                Allocation(cpus: CPUSet([1])),
                mask: CPUSet([1]),
                by: 0,
                at: after(70)
            )
        }
        #expect(try goesOn && sheet(job).contains("EndTime=2023-11-15T12:02:40"))
    }

    @Test func `what is held waits until it is released`() throws {
        let job = try queue.submit()
        #expect(try queue.run("control", "hold", "\(job)").status == 0)
        #expect(try queue.records(job)[0].reason == .jobHeldUser)
        #expect(try queue.store.waitingJob(job)?.isFree == false)
        let run = try queue.run("control", "release", "\(job)")
        #expect(run.status == 0 && run.output == "" && run.errors == "")
        #expect(try queue.store.waitingJob(job)?.isFree == true)
    }

    @Test func `one task of an array is held alone`() throws {
        let array = try queue.submitArray("1-3")
        try queue.run("control", "hold", "\(array)_2")
        #expect(
            try queue.run("queue", "-h", "-o%i %r").lines == ["1_[1,3] None", "1_2 JobHeldUser"]
        )
    }

    @Test func `what has ended runs again`() throws {
        let job = try queue.finished(exitCode: 3)
        #expect(try queue.run("control", "requeue", "\(job)").status == 0)
        let record = try queue.records(job)[0]
        #expect(record.state == .pending && record.restarts == 1 && record.exitCode == nil)
    }

    @Test func `what runs is asked to run again`() throws {
        let job = try queue.submit()
        try queue.start(job)
        let run = try queue.run("control", "requeue", "\(job)")
        #expect(run.status == 0)
        #expect(run.errors.hasPrefix("control: no schedd runs for this queue; what runs is told"))
        #expect(try queue.orders() == ["requeue \(job)"])
    }

    @Test func `what cannot be done is told, and the others are done`() throws {
        let over = try queue.finished()
        let waiting = try queue.submit()
        let run = try queue.run("control", "hold", "\(over),99", "\(waiting)")
        #expect(run.status == 1)
        #expect(
            run.errors == """
                control: job 1 is COMPLETED; only a pending job can be held
                control: there is no job 99

                """
        )
        #expect(try queue.records(waiting)[0].reason == .jobHeldUser)
        #expect(
            try queue.run("control", "requeue", "\(waiting)").errors
                == "control: job 2 is PENDING; only what has been started can be requeued\n"
        )
    }

    /// The words of a job's sheet that have the form `KEY=VALUE`.
    private func words(_ text: String) -> [String: String] {
        var words: [String: String] = [:]
        for line in text.split(separator: "\n") {
            for word in line.split(separator: " ") {
                let parts = word.split(
                    separator: "=",
                    maxSplits: 1,
                    omittingEmptySubsequences: false
                )
                if parts.count == 2 { words[String(parts[0])] = String(parts[1]) }
            }
        }
        return words
    }

    @Test func `show job gives Slurm's keys`() throws {
        let job = try queue.submit("name") {
            $0.timeLimit = .seconds(5_400)
            $0.request.cpusPerTask = 2
            $0.outputPattern = "out-%j"
            $0.comment = "why"
        }
        try queue.end(queue.start(job, "cpu=0-1"), exitCode: 3)
        let run = try queue.run("control", "show", "job", "\(job)")
        let words = words(run.output)
        let expected = [
            "JobId": "1", "JobName": "name", "JobState": "FAILED", "Reason": "NonZeroExitCode",
            "Dependency": "(null)", "ExitCode": "3:0", "TimeLimit": "01:30:00", "NumCPUs": "2",
            "CPU_IDs": "0-1", "StdOut": "\(queue.path)/out-1", "StdErr": "\(queue.path)/out-1",
            "WorkDir": queue.path, "Command": "/usr/bin/true", "Comment": "why", "Restarts": "0",
            "UserId": "anna(\(geteuid()))", "Priority": "100000", "Nice": "0",
        ]
        for (key, value) in expected { #expect(words[key] == value, "\(key)") }
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0].hasPrefix("JobId=1 JobName=name"))
        #expect(lines[1...].prefix { !$0.isEmpty }.allSatisfy { $0.hasPrefix("   ") })
        #expect(run.output.hasSuffix("\n\n"))
    }

    @Test func `show job without a number shows all that there is`() throws {
        try queue.submit("a")
        try queue.finished("b")
        try queue.finished("c", at: Timestamp(microseconds: queue.now.microseconds - 301_000_000))
        let run = try queue.run("control", "show", "job")
        #expect(
            run.lines.filter { $0.hasPrefix("JobId=") } == [
                "JobId=1 JobName=a", "JobId=2 JobName=b",
            ]
        )
    }

    @Test func `a waiting array and its tasks have a sheet each`() throws {
        let array = try queue.submitArray("1-4%2")
        try queue.start(array)
        let run = try queue.run("control", "show", "job", "\(array)")
        #expect(
            run.lines.filter { $0.hasPrefix("JobId=") } == [
                "JobId=2 ArrayJobId=1 ArrayTaskId=1 JobName=array",
                "JobId=1 ArrayJobId=1 ArrayTaskId=2-4 ArrayTaskThrottle=2 JobName=array",
            ]
        )
    }

    @Test func `show job gives the same object as queue, before or behind the verb`() throws {
        let job = try queue.submit()
        let text = try queue.run("queue", "--json").output
        #expect(try queue.run("control", "show", "job", "\(job)", "--json").output == text)
        #expect(try queue.run("control", "--json", "show", "job", "\(job)").output == text)
    }

    @Test func `an unknown job is told`() throws {
        let run = try queue.run("control", "show", "job", "9")
        #expect(run.status == 1 && run.output == "" && run.errors == "control: there is no job 9\n")
    }

    @Test func `ping tells whether schedd runs`() throws {
        let down = try queue.run("control", "ping")
        #expect(down.status == 1 && down.output.hasSuffix("is DOWN\n"))
        let bell = try Doorbell.Listener(in: Folder(path: queue.path + "/home"))
        let up = try queue.run("control", "ping")
        #expect(up.status == 0 && up.output.hasSuffix("is UP\n"))
        let rang = bell.drain()
        #expect(rang)
    }

    @Test func `without a schedd nobody is told to read the configuration`() throws {
        let message = "control: no schedd runs for \(queue.path)/home\n"
        let alone = try queue.run("control", "reconfigure")
        #expect(alone.status == 1 && alone.output == "" && alone.errors == message)
        // The number that a schedd had may be another process's now.
        let stranger = Process()
        stranger.executableURL = URL(fileURLWithPath: "/usr/bin/sleep")
        stranger.arguments = ["600"]
        stranger.standardOutput = FileHandle.nullDevice
        stranger.standardError = FileHandle.nullDevice
        try stranger.run()
        // It may have been started with other signals blocked.
        defer { kill(stranger.processIdentifier, SIGKILL) }
        try queue.store.write {
            try queue.store.setDaemon(pid: Int64(stranger.processIdentifier))
        }
        let run = try queue.run("control", "reconfigure")
        #expect(run.status == 1 && run.errors == message)
        let status = try String(
            contentsOfFile: "/proc/\(stranger.processIdentifier)/status",
            encoding: .utf8
        )
        let none = String(repeating: "0", count: 16)
        #expect(stranger.isRunning && status.contains("ShdPnd:\t\(none)\n"))
    }

    @Test(
        arguments: [
            ([], "what? hold, release, requeue, show job, reconfigure, or ping"),
            (
                ["foo"],
                "there is no verb 'foo'; there are hold, release, requeue, show job, reconfigure and ping"
            ),
            (["hold"], "which jobs? name them by number"),
            (["show"], "show: what? 'show job JOB' is what there is"),
            (["ping", "x"], "ping: 'x' is not expected; ping stands alone"),
            (["reconfigure", "x"], "reconfigure: 'x' is not expected; reconfigure stands alone"),
            (["release", "x"], "'x' is not a job id; use a number"),
        ] as [([String], String)]
    )
    func `what is wrong is told in one line`(words: [String], message: String) throws {
        let process = try queue.process(["control"] + words, [:], output: "wrong")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
        let errors = queue.text("wrong.err")
        #expect(errors.hasPrefix("control: \(message)") && errors.split(separator: "\n").count == 1)
    }
}
