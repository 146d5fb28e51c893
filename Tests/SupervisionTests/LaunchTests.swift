import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import Supervision

/// What a job finds when it starts, and what is told of its end.
struct LaunchTests {
    let queue: TestQueue

    init() throws {
        queue = try TestQueue()
    }

    @Test func `an exit status comes through`() throws {
        let outcome = try queue.run(script: "echo hello; exit 3")
        #expect(outcome.cause == .exited)
        #expect(outcome.exitCode == 3)
        #expect(outcome.signal == 0)
        #expect(outcome.message.isEmpty)
        #expect(queue.text() == "hello\n")
    }

    @Test func `a signal that ends the job comes through`() throws {
        let outcome = try queue.run(script: "kill -USR2 $$")
        #expect(outcome.cause == .exited)
        #expect(outcome.exitCode == 0)
        #expect(outcome.signal == Int(SIGUSR2))
    }

    @Test func `an end is dated and its CPU time and memory are told`() throws {
        let before = Clock.realtimeMicroseconds
        let outcome = try queue.run(
            script: "x=0; while [ $x -lt 100000 ]; do x=$((x+1)); done"
        )
        #expect(outcome.endedAt.microseconds >= before)
        #expect(outcome.endedAt.microseconds <= Clock.realtimeMicroseconds)
        #expect(outcome.cpuMicroseconds > 1_000)
        #expect(outcome.maxRSSBytes > 100_000)
    }

    @Test func `the CPU time of a child that nobody waited for is told`() throws {
        let outcome = try queue.run(
            script: """
                (trap '' HUP; x=0; while [ $x -lt 200000 ]; do x=$((x+1)); done; echo done) &
                while ! grep -q done out; do sleep 0.01; done
                exit 0
                """
        )
        #expect(outcome.cpuMicroseconds > 10_000)
    }

    @Test func `a command gets its argument vector untouched`() throws {
        let arguments: [ByteString] = ["printf", "<%s>", "a  b", "$HOME", "'", "", "*"]
        let outcome = try queue.run(
            queue.specification(.command(path: "/usr/bin/printf", arguments: arguments))
        )
        #expect(outcome.exitCode == 0)
        #expect(queue.text() == "<a  b><$HOME><'><><*>")
    }

    @Test func `a script is run as slurm_script with its arguments and is gone afterwards`() throws
    {
        let outcome = try queue.run(
            queue.specification(
                .script(
                    "#!/bin/sh\necho \"$0\"\nprintf '<%s>' \"$@\"\n",
                    arguments: ["job.sh", "a b", "c"]
                )
            )
        )
        #expect(outcome.exitCode == 0)
        #expect(queue.lines().first == "\(queue.path)/spool/17.1.d/slurm_script")
        #expect(queue.lines().last == "<a b><c>")
        #expect(!FileManager.default.fileExists(atPath: "\(queue.path)/spool/17.1.d"))
    }

    @Test func `the environment is the one given and the mark of the attempt`() throws {
        var specification = queue.specification(.command(path: "/usr/bin/env", arguments: ["env"]))
        specification.environment = ["A=b c", "SLUICE_ATTEMPT=1.1@0:0", "EMPTY="]
        _ = try queue.run(specification)
        let marker = queue.spool.marker(of: queue.attempt()).string
        #expect(queue.lines().sorted() == ["A=b c", "EMPTY=", marker].sorted())
    }

    @Test func `nothing of the supervisor is open in the job`() throws {
        _ = try queue.run(script: "exec ls /proc/self/fd")
        // The fourth is that of ls itself.
        #expect(queue.lines() == ["0", "1", "2", "3"])
    }

    @Test func `standard input is empty unless a file is named`() throws {
        var specification = queue.script("cat; echo end")
        _ = try queue.run(specification)
        #expect(queue.text() == "end\n")
        try "from a file\n".write(toFile: queue.path + "/in", atomically: true, encoding: .utf8)
        specification.attempt = queue.attempt(2)
        specification.inputPath = ByteString(queue.path + "/in")
        _ = try queue.run(specification)
        #expect(queue.text() == "from a file\nend\n")
    }

    @Test func `output is truncated, or added to where that was asked`() throws {
        var specification = queue.script("echo $0 | grep -o '17\\.[0-9]'")
        _ = try queue.run(specification)
        specification.attempt = queue.attempt(2)
        _ = try queue.run(specification)
        #expect(queue.text() == "17.2\n")
        specification.attempt = queue.attempt(3)
        specification.appendsOutput = true
        _ = try queue.run(specification)
        #expect(queue.text() == "17.2\n17.3\n")
    }

    @Test func `both streams share a file unless the error's is named`() throws {
        var specification = queue.script("echo one; echo two >&2; echo three")
        _ = try queue.run(specification)
        #expect(queue.text() == "one\ntwo\nthree\n")
        specification.attempt = queue.attempt(2)
        specification.errorPath = ByteString(queue.path + "/err")
        _ = try queue.run(specification)
        #expect(queue.text() == "one\nthree\n")
        #expect(queue.text("err") == "two\n")
    }

    @Test func `signals are at their default and none is blocked`() throws {
        _ = try queue.run(script: "exec grep -E '^Sig(Ign|Blk)' /proc/self/status")
        #expect(
            queue.lines().map { $0.split(separator: "\t").last.map(String.init) }
                == Array(repeating: "0000000000000000", count: 2)
        )
    }

    @Test func `a signal that the daemon ignores is not ignored in the job`() throws {
        let before = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, before) }
        _ = try queue.run(script: "exec grep -E '^SigIgn' /proc/self/status")
        #expect(queue.lines() == ["SigIgn:\t0000000000000000"])
    }

    @Test func `affinity, umask, limits and folder are as given`() throws {
        var specification = queue.script(
            """
            grep -E '^Cpus_allowed_list' /proc/self/status
            umask
            ulimit -n
            ulimit -Hn
            pwd
            touch made
            stat -c %a made
            """
        )
        let cpu = try #require(try Self.lastAllowedCPU())
        specification.affinity = CPUSet([cpu])
        specification.umask = 0o027
        specification.limits = [
            .init(resource: CInt(RLIMIT_NOFILE.rawValue), soft: 64, hard: 128)
        ]
        let folder = queue.path + "/folder"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
        specification.workDirectory = ByteString(folder)
        #expect(try queue.run(specification).exitCode == 0)
        #expect(
            queue.lines() == ["Cpus_allowed_list:\t\(cpu)", "0027", "64", "128", folder, "640"]
        )
    }

    private static func lastAllowedCPU() throws -> Int? {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list") }
        let digits = line?.split { !$0.isNumber }.last
        return digits.flatMap { Int($0) }
    }

    @Test func `the job is the first to go when memory runs out`() throws {
        var specification = queue.script("cat /proc/self/oom_score_adj")
        specification.oomScoreAdjustment = 700
        _ = try queue.run(specification)
        #expect(queue.lines() == ["700"])
    }

    @Test func `the job leads a session that is not the supervisor's`() throws {
        let running = try queue.launch(queue.script("ps -o pid=,sid= -p $$; ps -o sid= -p $PPID"))
        let supervisor = try #require(running.pid)
        queue.awaitExit(running)
        let words = queue.text().split { $0 == " " || $0 == "\n" }.map(String.init)
        #expect(words.count == 3)
        #expect(words.first == words.dropFirst().first)
        #expect(words.last == "\(supervisor)")
    }

    @Test func `a kill of the whole process group leaves the supervisor alone`() throws {
        let outcome = try queue.run(script: "trap 'exit 7' TERM; sleep 100 & kill 0; wait")
        #expect(outcome.cause == .exited)
        #expect(outcome.exitCode == 7)
    }

    @Test func `a closed FIFO as output blocks the job and not the supervisor`() throws {
        #expect(mkfifo(queue.path + "/fifo", 0o600) == 0)
        var specification = queue.script("echo through the pipe")
        specification.outputPath = ByteString(queue.path + "/fifo")
        let running = try queue.launch(specification)
        try queue.await("the job is noted") { try running.progress()?.job != nil }
        let reader = try openFile(in: AT_FDCWD, Array((queue.path + "/fifo").utf8), O_RDONLY)
        #expect(String(decoding: try reader.readToEnd(), as: UTF8.self) == "through the pipe\n")
        queue.awaitExit(running)
        #expect(try running.outcome()?.exitCode == 0)
    }

    @Test func `a job that nobody reads from ends at its time limit`() throws {
        #expect(mkfifo(queue.path + "/fifo", 0o600) == 0)
        var specification = queue.script("echo never")
        specification.outputPath = ByteString(queue.path + "/fifo")
        specification.timeLimit = .seconds(1)
        let outcome = try queue.run(specification)
        #expect(outcome.cause == .timeLimit)
        #expect(outcome.signal == Int(SIGTERM))
    }

    struct Failure: Sendable {
        let message: @Sendable (_ folder: String) -> String
        let change: @Sendable (inout LaunchSpecification, _ folder: String) -> Void
    }

    @Test(arguments: [
        Failure(message: { "open \($0)/no/out: No such file or directory" }) {
            $0.outputPath = ByteString($1 + "/no/out")
        },
        Failure(message: { "open \($0)/no/err: No such file or directory" }) {
            $0.errorPath = ByteString($1 + "/no/err")
        },
        Failure(message: { "open \($0)/no/in: No such file or directory" }) {
            $0.inputPath = ByteString($1 + "/no/in")
        },
        Failure(message: { "chdir \($0)/no: No such file or directory" }) {
            $0.workDirectory = ByteString($1 + "/no")
        },
        Failure(message: { "open \($0): Is a directory" }) { $0.outputPath = ByteString($1) },
        Failure(message: { _ in "execve /no/such: No such file or directory" }) {
            $0.payload = .command(path: "/no/such", arguments: ["such"])
            _ = $1
        },
        Failure(message: { _ in "execve /etc/passwd: Permission denied" }) {
            $0.payload = .command(path: "/etc/passwd", arguments: ["passwd"])
            _ = $1
        },
        Failure(message: { _ in "execve /no/interpreter: No such file or directory" }) {
            $0.payload = .script("#! /no/interpreter -x\n", arguments: [])
            _ = $1
        },
        Failure(message: { _ in "sched_setaffinity: Invalid argument" }) {
            $0.affinity = CPUSet([8_000])
            _ = $1
        },
    ])
    func `what cannot be launched says what is missing`(_ failure: Failure) throws {
        var specification = queue.script("exit 0")
        failure.change(&specification, queue.path)
        let outcome = try queue.run(specification)
        #expect(outcome.cause == .launchFailed)
        #expect(outcome.message == failure.message(queue.path))
        #expect(outcome.exitCode == 1)
        #expect(outcome.state == .failed)
    }

    @Test func `what the queue itself lacks is no failure of the job`() throws {
        let specification = queue.script("touch ran")
        // Where the folder for the script should be.
        _ = try queue.spool.folder.open("17.1.d", O_CREAT | O_WRONLY)
        let outcome = try queue.run(specification)
        #expect(outcome.cause == .neverStarted)
        #expect(outcome.message.hasPrefix("open \(queue.path)/spool/17.1.d/slurm_script"))
        #expect(queue.lines("ran").isEmpty)
    }

    @Test func `a supervisor that is not there is told, and no record stays`() throws {
        let error = #expect(throws: SystemError.self) {
            _ = try queue.launch(queue.script("exit"), supervisor: "/no/stepd")
        }
        #expect(error == SystemError(call: "execve", object: "/no/stepd", code: ENOENT))
        #expect(!FileManager.default.fileExists(atPath: queue.path + "/spool/17.1"))
    }

    @Test func `an exit status of 127 is no launch failure`() throws {
        let outcome = try queue.run(script: "exit 127")
        #expect(outcome.cause == .exited)
        #expect(outcome.exitCode == 127)
    }

    @Test func `a hundred jobs at once all come to their own end`() throws {
        var running: [SupervisedAttempt] = []
        for job in 1...100 {
            let attempt = queue.attempt(1, job: Int64(job))
            let arguments: [ByteString] = ["sh", "-c", ByteString("exit \(job)")]
            var specification = queue.specification(
                .command(path: "/bin/sh", arguments: arguments),
                attempt
            )
            specification.outputPath = "/dev/null"
            running.append(try queue.launch(specification))
        }
        for (index, attempt) in running.enumerated() {
            queue.awaitExit(attempt)
            #expect(try attempt.outcome()?.exitCode == index + 1)
        }
    }

    @Test func `the bell rings when a job has ended whose daemon has gone`() throws {
        queue.bell.drain()
        let running = try queue.launch(queue.script("while ! [ -e go ]; do sleep 0.01; done"))
        running.supervisor?.dismiss()
        try queue.touch("go")
        queue.awaitExit(running)
        let rang = queue.bell.drain()
        #expect(rang)
    }
}
