import Foundation
import JobModel
import QueueStore
import Testing

struct QueueTests {
    let queue: ToolQueue

    init() throws { queue = try ToolQueue() }

    private func gpu(_ index: Int) -> MachineFacts.GPU {
        .init(
            index: index,
            uuid: "GPU-\(index)",
            type: "a100",
            memoryBytes: 40 << 30,
            isUsedOutside: false
        )
    }

    @Test func `the listing shows what waits and why, and what runs and holds`() throws {
        let facts = MachineFacts(cpus: 8, memory: .init(bytes: 1 << 33), gpus: [gpu(0), gpu(1)])
        try queue.store.write { try queue.store.leave(facts) }
        let running = try queue.submit("train") {
            $0.request.cpusPerTask = 2
            $0.request.gpus = GPURequest(count: 1)
            $0.timeLimit = .seconds(90)
        }
        try queue.start(running, "cpu=0-1,4 gpu=GPU-1:1000")
        let held = try queue.submit("held") { $0.isHeld = true }
        let next = try queue.submit("next")
        let start = Timestamp(microseconds: 1_700_000_000_000_000)
        try queue.store.write {
            try queue.store.leave([PlanNote(job: next, start: start, reason: .resources)])
        }
        let run = try queue.run("queue")
        #expect(run.status == 0 && run.errors.isEmpty)
        let expected = """
                     JOBID NAME           USER     ST       TIME CPUS GPUS HELD(REASON)
                         \(held) held           anna     PD       0:00    1    0 (JobHeldUser)
                         \(next) next           anna     PD       0:00    1    0 (Resources) 2023-11-14T22:13:20
                         \(running) train          anna     R        0:00    2    1 cpu 0-1,4 gpu 1

            """
        #expect(run.output == expected)
    }

    @Test func `what has ended is not shown, unless it is asked for`() throws {
        let job = try queue.finished("over")
        #expect(try queue.run("queue", "-h").output == "")
        let named = try queue.run("queue", "-h", "-j", "\(job)", "-o", "%T")
        #expect(named.output == "" && named.status == 0 && named.errors == "")
        #expect(
            try queue.run("queue", "-h", "\(job)", "-t", "all", "-o%i %T").lines == ["1 COMPLETED"]
        )
        #expect(try queue.run("queue", "-h", "-t", "CD", "-o", "%i %t").lines == ["1 CD"])
    }

    @Test func `all states are those of the last five minutes`() throws {
        try queue.finished("old", at: Timestamp(microseconds: queue.now.microseconds - 301_000_000))
        try queue.finished("young")
        try queue.submit("open")
        #expect(try queue.run("queue", "-h", "-t", "all", "-o%j").lines == ["open", "young"])
    }

    @Test func `an unknown job is told, and the others are shown`() throws {
        let job = try queue.submit()
        let run = try queue.run("queue", "-h", "-j", "99,\(job),1_4", "-o", "%i")
        #expect(run.lines == ["\(job)"])
        #expect(run.errors == "queue: there is no job 99\nqueue: there is no job 1_4\n")
        #expect(run.status == 1)
    }

    @Test func `an array's waiting tasks are one line, or a line each`() throws {
        let array = try queue.submitArray("1-3,7%2")
        #expect(try queue.run("queue", "-h", "-o%i|%F|%K").lines == ["1_[1-3,7%2]|1|1-3,7"])
        try queue.start(array)
        #expect(try queue.run("queue", "-h", "-o%i").lines == ["1_[2-3,7%2]", "1_1"])
        #expect(try queue.run("queue", "-hr", "-o%i").lines == ["1_2", "1_3", "1_7", "1_1"])
        #expect(try queue.run("queue", "-h", "1_[3-9]", "-o%i").lines == ["1_[3,7%2]"])
        let run = try queue.run("queue", "-h", "-o%i", with: ["SQUEUE_ARRAY": "1"])
        #expect(run.lines.count == 4)
    }

    @Test func `jobs are chosen by user, state and name`() throws {
        try queue.submit("a")
        try queue.submit("b") { $0.uid = 4_242 }
        try queue.start(queue.submit("c"))
        func names(_ options: String...) throws -> [String] {
            let name = "choice"
            let process = try queue.process(["queue", "-h", "-o%j"] + options, [:], output: name)
            try process.run()
            process.waitUntilExit()
            return queue.text("\(name).out").split(separator: "\n").map(String.init)
        }
        #expect(try names("-u", "4242") == ["b"])
        #expect(try names("-u", "anna") == ["a", "c"])
        #expect(try names("--me") == ["a", "c"])
        #expect(try names("-t", "R") == ["c"])
        #expect(try names("-t", "pending") == ["a", "b"])
        #expect(try names("-n", "b,c") == ["b", "c"])
        #expect(try names("-t", "CG") == [])
        #expect(try queue.run("queue", "-ho%j", with: ["SQUEUE_STATES": "R"]).lines == ["c"])
        #expect(try queue.run("queue", "-ho%j", with: ["SQUEUE_NAMES": "a"]).lines == ["a"])
        #expect(try queue.run("queue", "-ho%j", with: ["SQUEUE_USERS": "4242"]).lines == ["b"])
    }

    @Test func `a format has Slurm's letters and widths`() throws {
        let job = try queue.submit("a name") {
            $0.request = ResourceRequest(
                tasks: 2,
                cpusPerTask: 3,
                memory: .perCPU(MemorySize(bytes: 1 << 30)),
                gpus: GPURequest(count: 2)
            )
            $0.timeLimit = .seconds(3_723)
            $0.comment = "why"
            $0.nice = 5
        }
        func line(_ format: String) throws -> String {
            try queue.run("queue", "-h", "-o", format).output
        }
        #expect(try line("%i|%A|%j|%u|%t|%T") == "\(job)|\(job)|a name|anna|PD|PENDING\n")
        #expect(try line("%.8i|%8i|%.3j|%3j|") == "       1|1       |a n|a n|\n")
        #expect(try line("%C %c %m %b %l %L %M") == "6 6 6G gres:gpu:2 1:02:03 1:02:03 0:00\n")
        #expect(try line("%k %y %Q %E %K %o") == "why 5 99995 (null) N/A /usr/bin/true a b\n")
        #expect(try line("%r %R %D %P %Z%%") == "None (None) 1 main \(queue.path)%\n")
        let head = try queue.run("queue", "-o", "%.10i %j").lines.first
        #expect(head == "     JOBID NAME")
        #expect(
            try queue.run("queue", "-h", with: ["SQUEUE_FORMAT": "<%j>"]).output == "<a name>\n"
        )
    }

    @Test func `every letter that is named has a head and a cell`() throws {
        try queue.submit()
        let refusal = try queue.run("queue", "-o", "%_")
        #expect(refusal.status == 64)
        let letters = try #require(refusal.errors.firstMatch(of: /letter of (\S+),/)).1
        #expect(letters.count > 40)
        for letter in letters {
            let lines = try queue.run("queue", "-o", "[%\(letter)]").output.split(separator: "\n")
            #expect(lines.count == 2 && !lines[0].hasPrefix("[]"), "%\(letter)")
        }
    }

    @Test func `a listing is sorted as it is asked for`() throws {
        try queue.submit("b") { $0.priority = 5 }
        try queue.submit("c") { $0.priority = 9 }
        try queue.start(queue.submit("a"))
        func names(_ order: String) throws -> [String] {
            try queue.run("queue", "-ho%j", "-S", order).lines
        }
        #expect(try queue.run("queue", "-ho%j").lines == ["c", "b", "a"])
        #expect(try names("j") == ["a", "b", "c"])
        #expect(try names("-j") == ["c", "b", "a"])
        #expect(try names("-t,p") == ["a", "b", "c"])
        #expect(try names("i") == ["b", "c", "a"])
        #expect(
            try queue.run("queue", "-ho%j", with: ["SQUEUE_SORT": "-i"]).lines == ["a", "c", "b"]
        )
    }

    @Test func `no name breaks a line or reaches the terminal`() throws {
        let names: [ByteString] = [
            "two\nlines\ttab", "\u{1B}[31mred\u{1B}]0;x\u{7}", ByteString([0x66, 0xFF, 0x6F]),
            "\u{202E}evil", "宽宽宽", "",
        ]
        for name in names { try queue.submit(name) }
        for format in ["%j|", "%12j|", "%.5j|"] {
            let run = try queue.run("queue", "-h", "-o", format)
            #expect(run.output.split(separator: "\n").count == names.count)
            let hasControl = run.output.unicodeScalars.contains {
                $0 != "\n" && ($0.value < 0x20 || 0x7F...0x9F ~= $0.value || $0 == "\u{202E}")
            }
            #expect(!hasControl, "\(run.output)")
            #expect(!run.output.contains("\u{FFFD}"))
        }
        let jobs = try #require(try queue.json("queue", "--json")["jobs"] as? [[String: Any]])
        #expect(jobs[0]["name"] as? String == "two\nlines\ttab")
        #expect(jobs[2]["name"] as? String == "f\u{FFFD}o")
    }

    @Test func `an empty queue is a head alone, and an empty list`() throws {
        #expect(try queue.run("queue").lines.count == 1)
        let jobs = try queue.json("queue", "--json")["jobs"] as? [Any]
        #expect(jobs?.isEmpty == true)
    }

    @Test(
        arguments: [
            (["-t", "foo"], 64, "--states: 'foo' is not a job state; use a name or a code"),
            (["-S", "z"], 64, "--sort: 'z' is not an order; use letters of"),
            (["-S", "i,"], 64, "--sort: 'i,' is not an order"),
            (["-j", "abc"], 64, "--jobs: 'abc' is not a job id; use a number"),
            (["abc"], 64, "'abc' is not a job id; use a number"),
            (["-u", "nosuch"], 1, "there is no user 'nosuch'; use a name or a number"),
            (["-o", "%"], 64, "--format: '%' is not a format; use"),
            (["--jason"], 64, "there is no option --jason; did you mean --json?"),
            (["-f", "7"], 1, "there is no job 7"),
        ] as [([String], Int32, String)]
    )
    func `what is wrong is told in one line`(words: [String], status: Int32, message: String) throws
    {
        let process = try queue.process(["queue"] + words, [:], output: "wrong")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == status)
        let errors = queue.text("wrong.err")
        #expect(errors.hasPrefix("queue: \(message)") && errors.split(separator: "\n").count == 1)
        #expect(queue.text("wrong.out").isEmpty)
    }
}
