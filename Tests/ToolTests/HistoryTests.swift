import Foundation
import JobModel
import QueueStore
import Testing

struct HistoryTests {
    let queue: ToolQueue

    init() throws { queue = try ToolQueue() }

    /// The first column, without the head.
    private func ids(_ options: String...) throws -> [String] {
        let process = try queue.process(["history", "-n"] + options, [:], output: "history")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return queue.text("history.out").split(separator: "\n").map {
            String($0.prefix { $0 != " " })
        }
    }

    @Test func `each job that has ended is told with what it used`() throws {
        // Noon, so that neither hour is of another day.
        let start = Timestamp(microseconds: 1_700_049_600_000_000)
        let job = try queue.submit("train")
        let attempt = try queue.store.write {
            try queue.store.claim(
                job,
                Allocation(cpus: CPUSet([0])),
                boot: "boot",
                at: start
            )
        }?.attempt
        let end = Timestamp(microseconds: start.microseconds + 4_210_000_000)
        try queue.end(#require(attempt), signal: 11, at: end)
        let run = try queue.run("history", "\(job)")
        #expect(
            run.lines.map { $0.split(separator: " ").joined(separator: " ") } == [
                "JOBID NAME STATE EXIT ELAPSED CPUTIME MAXRSS START END",
                "1 train FAILED 0:11 01:10:10 00:01.250 3.0M 2023-11-15T12:00:00 2023-11-15T13:10:10",
            ]
        )
    }

    @Test func `what waits or runs is no history`() throws {
        try queue.submit()
        try queue.start(queue.submit())
        try queue.finished()
        #expect(try ids() == ["3"])
        #expect(try ids("1,2,3") == ["3"])
    }

    @Test func `it goes back to midnight, or as far as is asked for`() throws {
        let now = queue.now.microseconds
        try queue.finished(at: Timestamp(microseconds: now - 3 * 86_400_000_000))
        try queue.finished(at: Timestamp(microseconds: now - 90_000_000_000))
        try queue.finished()
        #expect(try ids() == ["3"])
        #expect(try ids("-S", "now-2days") == ["2", "3"])
        #expect(try ids("--starttime=2020-01-01") == ["1", "2", "3"])
        #expect(try ids("-S", "2020-01-01", "-E", "now-1day") == ["1", "2"])
        #expect(try ids("-j", "1") == ["1"])
        #expect(try ids("-j", "1,3", "-S", "now-1hour") == ["3"])
    }

    @Test func `jobs are chosen by user, state and name`() throws {
        try queue.finished("a")
        try queue.finished("b", exitCode: 1)
        let other = try queue.submit("c") { $0.uid = 4_242 }
        try queue.end(queue.start(other))
        #expect(try ids("-s", "F") == ["2"])
        #expect(try ids("-s", "completed") == ["1", "3"])
        #expect(try ids("-N", "a,c") == ["1", "3"])
        #expect(try ids("-u", "4242") == ["3"])
        #expect(try ids("--me") == ["1", "2"])
    }

    @Test func `an array that was cancelled before any start is one row`() throws {
        try queue.submitArray("1-1000000%4")
        try queue.run("cancel", "1")
        let run = try queue.run("history", "-n")
        #expect(run.lines.count == 1)
        #expect(run.output.hasPrefix("1_[1-1000000%4]  array  CANCELLED by \(geteuid())"))
    }

    @Test func `tasks that have ended have a row each, and those cancelled together one`() throws {
        let array = try queue.submitArray("1-9")
        try queue.end(queue.start(array))
        try queue.end(queue.start(array))
        try queue.run("cancel", "1")
        #expect(try ids() == ["1_1", "1_2", "1_[3-9]"])
        #expect(try ids("1_[2-4]") == ["1_2", "1_[3-4]"])
    }

    @Test func `it is JSON with the keys of every program`() throws {
        let job = try queue.finished("x", exitCode: 2)
        let text = try queue.run("history", "--json").output
        #expect(try queue.run("control", "show", "job", "\(job)", "--json").output == text)
        let object = try queue.json("history", "--json")["jobs"] as? [[String: Any]]
        let record = try #require(object?.first)
        #expect(record["exit_code"] as? Int == 2 && record["state"] as? String == "FAILED")
        #expect(record["cpu_seconds"] as? Double == 1.25)
        #expect(record["max_rss_bytes"] as? Int == 3 << 20)
    }

    @Test func `an unknown job is told, and the others are shown`() throws {
        let job = try queue.finished()
        let run = try queue.run("history", "-n", "99", "\(job)")
        #expect(run.status == 1 && run.errors == "history: there is no job 99\n")
        #expect(run.lines.count == 1)
    }

    @Test(
        arguments: [
            (["-S", "yesterdayish"], "--starttime: 'yesterdayish' is not a time; use"),
            (["-S", "2026-02-30"], "--starttime: '2026-02-30' is not a time"),
            (["-S", "now", "-E", "now-1hour"], "--starttime (20"),
            (["-s", "x"], "--state: 'x' is not a job state"),
        ] as [([String], String)]
    )
    func `what is wrong is told in one line`(words: [String], message: String) throws {
        let process = try queue.process(["history"] + words, [:], output: "wrong")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
        let errors = queue.text("wrong.err")
        #expect(errors.hasPrefix("history: \(message)") && errors.split(separator: "\n").count == 1)
    }
}
