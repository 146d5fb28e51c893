import Foundation
import JobModel
import QueueStore
import Testing

struct CancelTests {
    let queue: ToolQueue

    init() throws { queue = try ToolQueue() }

    @Test(arguments: [["-u", ""], ["-u", ","], ["-n", "", "-t", "PD"], ["-n", ","]])
    func `a list without a member chooses no job`(words: [String]) throws {
        let job = try queue.submit()
        let process = try queue.process(["cancel"] + words, [:], output: "run")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
        #expect(queue.text("run.err").contains("is empty"))
        #expect(try queue.state(job) == .pending)
    }

    @Test func `what waits is cancelled when cancel returns, without a word`() throws {
        let job = try queue.submit()
        let run = try queue.run("cancel", "\(job)")
        #expect(run.status == 0 && run.output == "" && run.errors == "")
        #expect(try queue.state(job) == .cancelled)
        #expect(try queue.records(job)[0].cancelledBy == geteuid())
    }

    @Test func `what runs is left to schedd, and cancel says when there is none`() throws {
        let job = try queue.submit()
        try queue.start(job)
        let run = try queue.run("cancel", "\(job)")
        #expect(run.status == 0)
        #expect(
            run.errors.hasPrefix("cancel: no schedd runs for this queue; what runs is told when")
        )
        #expect(try queue.state(job) == .running)
        #expect(try queue.orders() == ["cancel \(job)"])
    }

    @Test func `what is over is left alone, without a word`() throws {
        let job = try queue.finished()
        let run = try queue.run("cancel", "\(job)")
        #expect(run.status == 0 && run.errors == "")
        #expect(try queue.state(job) == .completed)
    }

    @Test func `a wrong id among several keeps none of the others`() throws {
        let (first, second) = (try queue.submit(), try queue.submit())
        let run = try queue.run("cancel", "\(first),98", "99", "\(second)")
        #expect(run.status == 1)
        #expect(run.errors == "cancel: there is no job 98\ncancel: there is no job 99\n")
        #expect(try queue.state(first) == .cancelled && queue.state(second) == .cancelled)
    }

    @Test func `a wrong id is nothing where quiet is asked for`() throws {
        let run = try queue.run("cancel", "-Q", "99")
        #expect(run.status == 0 && run.errors == "")
    }

    @Test func `a malformed id cancels nothing at all`() throws {
        let job = try queue.submit()
        let run = try queue.run("cancel", "\(job)", "\(job)x")
        #expect(run.status == 64)
        #expect(run.errors.hasPrefix("cancel: '1x' is not a job id; use a number"))
        #expect(try queue.state(job) == .pending)
    }

    @Test func `tasks of an array are cancelled alone, in ranges, and in all`() throws {
        let array = try queue.submitArray("1-9")
        func waiting() throws -> String? {
            try queue.records(array).first { $0.state == .pending }?.waiting?.description
        }
        try queue.run("cancel", "\(array)_4")
        #expect(try waiting() == "1-3,5-9")
        try queue.run("cancel", "\(array)_[1-2,9]")
        #expect(try waiting() == "3,5-8")
        #expect(try queue.run("cancel", "\(array)_4").status == 0)
        #expect(try queue.run("cancel", "\(array)_77").status == 1)
        try queue.run("cancel", "\(array)")
        #expect(try queue.records(array).allSatisfy { $0.state == .cancelled })
    }

    @Test func `a job that is no array has no tasks, nor has an array's task`() throws {
        let job = try queue.submit()
        let array = try queue.submitArray("1-2")
        let task = try queue.start(array).job
        for id in [job, task] {
            let run = try queue.run("cancel", "\(id)_1")
            #expect(run.status == 1 && run.errors == "cancel: job \(id) is not an array\n")
        }
        #expect(try queue.state(job) == .pending && queue.state(task) == .running)
    }

    @Test func `jobs are chosen by name, user and state`() throws {
        let (a, b) = (try queue.submit("a"), try queue.submit("b"))
        let other = try queue.submit("a") { $0.uid = 4_242 }
        let running = try queue.submit("a")
        try queue.start(running)
        try queue.run("cancel", "-n", "a", "-t", "PENDING", "--me")
        #expect(try queue.state(a) == .cancelled)
        #expect(try queue.state(b) == .pending && queue.state(other) == .pending)
        #expect(try queue.orders() == ["cancel \(a)"])
        try queue.run("cancel", "-u", "4242")
        #expect(try queue.state(other) == .cancelled)
        try queue.run("cancel", "--me")
        #expect(try queue.state(b) == .cancelled)
        #expect(try queue.orders().last == "cancel \(running)")
    }

    @Test func `ids and conditions together mean what fits both`() throws {
        let (a, b) = (try queue.submit("a"), try queue.submit("b"))
        let run = try queue.run("cancel", "-n", "b", "\(a)", "\(b)", "99")
        #expect(run.status == 1 && run.errors == "cancel: there is no job 99\n")
        #expect(try queue.state(a) == .pending && queue.state(b) == .cancelled)
    }

    @Test func `a condition that means an array's waiting tasks leaves those that run`() throws {
        let array = try queue.submitArray("1-5", "sweep")
        let task = try queue.start(array).job
        try queue.run("cancel", "-n", "sweep", "-t", "PD")
        let records = try queue.records(array)
        #expect(records.filter { $0.state == .running }.map(\.id) == [task])
        #expect(!records.contains { $0.state == .pending })
        #expect(try !queue.orders().contains("cancel \(task)"))
    }

    @Test func `nothing that fits is no error`() throws {
        let run = try queue.run("cancel", "-n", "nobody")
        #expect(run.status == 0 && run.errors == "")
    }

    @Test func `a signal goes to what runs, by name or number`() throws {
        let job = try queue.submit()
        try queue.start(job)
        try queue.run("cancel", "-s", "SIGUSR1", "\(job)")
        try queue.run("cancel", "\(job)", "--signal=12")
        #expect(try queue.orders() == ["signal \(job) 10", "signal \(job) 12"])
        #expect(try queue.state(job) == .running)
    }

    @Test func `what waits gets no signal`() throws {
        let job = try queue.submit()
        let run = try queue.run("cancel", "-s", "USR1", "\(job)")
        #expect(run.status == 1)
        #expect(run.errors == "cancel: job 1 is PENDING; only what runs can get a signal\n")
        #expect(try queue.run("cancel", "-s", "USR1", "--me").status == 0)
        #expect(try queue.orders().isEmpty && queue.state(job) == .pending)
    }

    @Test func `the signal KILL cancels`() throws {
        let job = try queue.submit()
        try queue.run("cancel", "-s", "KILL", "\(job)")
        #expect(try queue.state(job) == .cancelled)
    }

    @Test func `verbose names each job on standard error`() throws {
        let job = try queue.submit("a")
        let over = try queue.finished()
        let run = try queue.run("cancel", "-v", "\(job)", "\(over)")
        #expect(run.output == "")
        #expect(
            run.errors == "cancel: Terminating job \(job)\ncancel: job \(over) is over already\n"
        )
        try queue.submitArray("1-3", "b")
        #expect(try queue.run("cancel", "-vn", "b").errors == "cancel: Terminating job 3_[1-3]\n")
    }

    @Test(
        arguments: [
            ([], "which jobs? name them by number, or by --name, --user, --state, --me"),
            (["-s", "FOO", "1"], "--signal: 'FOO' is not a signal; use a name or a number"),
            (["-t", "foo"], "--state: 'foo' is not a job state"),
        ] as [([String], String)]
    )
    func `what is wrong is told in one line`(words: [String], message: String) throws {
        let process = try queue.process(["cancel"] + words, [:], output: "wrong")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
        let errors = queue.text("wrong.err")
        #expect(errors.hasPrefix("cancel: \(message)") && errors.split(separator: "\n").count == 1)
    }
}
