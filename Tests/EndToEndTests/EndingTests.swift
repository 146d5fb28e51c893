import Foundation
import Glibc
import JobModel
import Linux
import QueueStore
import Testing

extension EndToEnd {
    /// How jobs end.
    struct EndingTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        @Test(
            arguments: [
                ("exit 0", .completed, 0, 0, .none), ("exit 3", .failed, 3, 0, .nonZeroExitCode),
                ("kill -SEGV $$", .failed, 0, 11, .raisedSignal),
                ("kill -KILL $$", .failed, 0, 9, .raisedSignal),
                ("trap 'kill 0' EXIT; exit 4", .failed, 0, 15, .raisedSignal),
            ] as [(String, JobState, Int, Int, Reason)]
        )
        func `a job's end is told as it was`(
            _ line: String,
            _ state: JobState,
            _ code: Int,
            _ signal: Int,
            _ reason: Reason
        ) throws {
            try queue.awaitDaemon()
            let record = try queue.end(try queue.job(input: "#!/bin/bash\n\(line)\n"))
            #expect(record.state == state && record.reason == reason)
            #expect(record.exitCode == code && record.signal == signal)
            #expect(record.attempts == 1 && record.restarts == 0)
        }

        @Test func `what a job used is told`() throws {
            try queue.awaitDaemon()
            let line = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"
            let record = try queue.end(try queue.job("--wrap", line))
            #expect(try #require(record.cpuMicroseconds) > 1_000)
            #expect(try #require(record.cpuMicroseconds) <= record.elapsedMicroseconds(at: .zero))
            #expect(try #require(record.maxRSSBytes) > 100_000)
        }

        @Test func `a job that reaches its time limit is ended as TIMEOUT`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("-t", "0:01", input: TestQueue.waiting(for: "never"))
            let record = try queue.end(id)
            #expect(record.state == .timeout && record.reason == .timeLimit)
            #expect(record.elapsedMicroseconds(at: .zero) >= 1_000_000)
            #expect(record.timeLimit == .seconds(1))
            #expect(queue.text("slurm-\(id).out").contains("DUE TO TIME LIMIT"))
        }

        @Test func `a time limit holds while no schedd runs`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("-t", "0:01", input: TestQueue.waiting(for: "never"))
            try queue.wait(until: "it runs") { queue.lines("started") == ["\(id)"] }
            queue.killDaemon()
            try queue.wait(until: "nothing runs") { try queue.members().isEmpty }
            #expect(try queue.record(id).state == .running)
            try queue.awaitDaemon()
            #expect(try queue.end(id).state == .timeout)
        }

        @Test func `a job that does not heed TERM is killed after its grace`() throws {
            queue.configuration =
                "kill_wait = 0\n"
                + queue.configuration.split(separator: "\n")
                .filter { !$0.contains("kill_wait") }.joined(separator: "\n")
            try queue.awaitDaemon()
            let id = try queue.job(
                input: "#!/bin/sh\ntrap '' TERM\necho x >> started\nwhile :; do sleep 0.05; done\n"
            )
            try queue.wait(until: "it runs") { queue.exists("started") }
            try queue.cancel(id)
            let record = try queue.end(id)
            #expect(record.state == .cancelled && record.signal == 9)
            #expect(try queue.members().isEmpty)
        }

        @Test func `a job has time to tidy up when it is cancelled`() throws {
            try queue.awaitDaemon()
            let id = try queue.job(
                input: """
                    #!/bin/sh
                    trap 'echo tidy >> tidied; exit 0' TERM
                    echo x >> started
                    while :; do sleep 0.02; done

                    """
            )
            try queue.wait(until: "it runs") { queue.exists("started") }
            try queue.cancel(id)
            #expect(try queue.end(id).state == .cancelled)
            #expect(queue.text("tidied") == "tidy\n")
            #expect(queue.text("slurm-\(id).out").contains("CANCELLED AT"))
            #expect(try queue.record(id).cancelledBy == geteuid())
        }

        @Test(arguments: ["wait; sleep 1000", "exit 0"])
        func `nothing that a job has started outlives it`(_ rest: String) throws {
            try queue.awaitDaemon()
            let id = try queue.job(
                input: """
                    #!/bin/bash
                    setsid sleep 1000 & echo $! >> pids
                    ( setsid bash -c 'sleep 1000 & echo $! >> pids; echo $$ >> pids; wait' & )
                    ( ( sleep 1000 & echo $! >> pids ) & )
                    env -i /bin/bash -c 'trap "" TERM; echo $$ >> pids; sleep 1000; :' &
                    while [ $(wc -l < pids) -lt 5 ]; do sleep 0.01; done
                    echo x >> started
                    \(rest)

                    """
            )
            try queue.wait(until: "all run") { queue.exists("started") }
            if rest != "exit 0" {
                for pid in queue.lines("pids") { #expect(TestQueue.lives(pid)) }
                try queue.cancel(id)
            }
            let record = try queue.end(id)
            #expect(record.state == (rest == "exit 0" ? .completed : .cancelled))
            for pid in queue.lines("pids") { #expect(!TestQueue.lives(pid), "\(pid) lives") }
            #expect(try queue.members().allSatisfy(\.isSupervisor))
        }

        @Test func `a cancelled job that waited never runs`() throws {
            let id = try queue.job("--wrap", "echo ran >> ran")
            #expect(try queue.cancel(id) == [.done])
            #expect(try queue.record(id).state == .cancelled)
            try queue.awaitDaemon()
            try queue.end(try queue.job("true"))
            #expect(!queue.exists("ran"))
            #expect(try queue.record(id).attempts == 0)
            #expect(try queue.cancel(id).isEmpty)
        }

        @Test func `a cancel while no schedd runs ends the job later`() throws {
            try queue.awaitDaemon()
            let id = try queue.blocker("never")
            try queue.wait(until: "it runs") { queue.exists("started") }
            queue.killDaemon()
            #expect(try queue.cancel(id) == [.requested])
            try queue.awaitDaemon()
            #expect(try queue.end(id).state == .cancelled)
            #expect(try queue.members().isEmpty)
        }

        @Test func `a signal reaches the job once`() throws {
            try queue.awaitDaemon()
            let id = try queue.job(
                input: """
                    #!/bin/bash
                    trap 'echo usr1 >> got' USR1
                    echo x >> started
                    while [ ! -e go ]; do sleep 0.02; done

                    """
            )
            try queue.wait(until: "it runs") { queue.exists("started") }
            #expect(try queue.signal(id, SIGUSR1) == [.requested])
            try queue.wait(until: "it got it") { queue.exists("got") }
            queue.killDaemon()
            try queue.awaitDaemon()
            try queue.end(try queue.job("true"))
            queue.touch("go")
            let record = try queue.end(id)
            // sleep(1) does not outlive the signal, the shell does.
            #expect(record.state == .completed)
            #expect(queue.lines("got") == ["usr1"])
        }

        @Test func `a requeued job runs again and is told so`() throws {
            try queue.awaitDaemon()
            let line = """
                #!/bin/sh
                echo ${SLURM_RESTART_COUNT-first} >> counts
                while [ ! -e go ]; do sleep 0.02; done

                """
            let id = try queue.job(input: line)
            try queue.wait(until: "it runs") { queue.lines("counts") == ["first"] }
            #expect(try queue.requeue(id) == [.requested])
            try queue.wait(until: "it runs again") { queue.lines("counts") == ["first", "1"] }
            queue.touch("go")
            let record = try queue.end(id)
            #expect(record.state == .completed && record.restarts == 1 && record.attempts == 2)
            #expect(try queue.requeue(id) == [.done])
            try queue.wait(until: "it has run again") { queue.lines("counts").count == 3 }
            #expect(queue.lines("counts").last == "2")
            #expect(try queue.end(id).state == .completed)
        }

        @Test func `a job whose folder has gone fails and is told why`() throws {
            mkdir(queue.work + "/gone", 0o755)
            let id = try queue.job("-D", "gone", "-o", queue.work + "/out", "true")
            rmdir(queue.work + "/gone")
            try queue.awaitDaemon()
            let record = try queue.end(id)
            #expect(record.state == .failed && record.reason == .jobLaunchFailure)
            #expect(record.exitCode == 1 && record.attempts == 1)
            let words = "chdir \(queue.work)/gone: No such file or directory"
            #expect(queue.log.contains(words) && record.details?.launchFailure == words)
        }

        @Test func `a job whose output cannot be opened fails and is told why`() throws {
            mkdir(queue.work + "/gone", 0o755)
            let id = try queue.job("-o", "gone/out", "true")
            rmdir(queue.work + "/gone")
            try queue.awaitDaemon()
            let record = try queue.end(id)
            #expect(record.state == .failed && record.reason == .jobLaunchFailure)
            #expect(queue.log.contains("open \(queue.work)/gone/out: No such file or directory"))
        }

        @Test func `a job whose interpreter is missing fails and is told why`() throws {
            try queue.awaitDaemon()
            let record = try queue.end(try queue.job(input: "#!/no/such/shell\ntrue\n"))
            #expect(record.state == .failed && record.reason == .jobLaunchFailure)
            #expect(queue.log.contains("/no/such/shell"))
        }

        @Test func `numbers of jobs are never used again`() throws {
            let first = try queue.job("true")
            try queue.cancel(first)
            try queue.awaitDaemon()
            let second = try queue.job("true")
            try queue.end(second)
            try queue.stopDaemon()
            let third = try queue.job("true")
            #expect([first, second, third].map(\.rawValue) == [1, 2, 3])
        }
    }
}

extension Timestamp {
    fileprivate static let zero = Timestamp(microseconds: 0)
}
