import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import Supervision

/// Orders to a running attempt, and its time limit.
struct OrderTests {
    let queue: TestQueue

    init() throws {
        queue = try TestQueue()
    }

    /// Launches a script and waits until it says `ready`.
    private func start(
        _ lines: String,
        _ change: (inout LaunchSpecification) -> Void = { _ in }
    ) throws -> SupervisedAttempt {
        var specification = queue.script(lines)
        change(&specification)
        let running = try queue.launch(specification)
        try queue.await("ready") { queue.lines().contains("ready") }
        return running
    }

    private func end(of running: SupervisedAttempt) throws -> Outcome {
        queue.awaitExit(running)
        return try #require(try running.outcome())
    }

    @Test func `a cancelled job is told with TERM and says so in its output`() throws {
        let running = try start(
            "trap 'echo told; exit 9' TERM; echo ready; while :; do sleep 0.02; done"
        )
        #expect(try running.give(.cancel, number: 1) == .given)
        let outcome = try end(of: running)
        #expect(outcome.cause == .cancelled)
        #expect(outcome.exitCode == 9)
        #expect(queue.lines().contains("told"))
        let text = /stepd: error: \*\*\* JOB 17 CANCELLED AT \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d \*\*\*/
        #expect(queue.text().contains(text))
    }

    @Test func `a job that does not mind TERM is killed after the grace period`() throws {
        let running = try start("trap '' TERM; echo ready; while :; do sleep 0.1; done") {
            $0.killWait = 1
        }
        _ = try running.give(.cancel, number: 1)
        let outcome = try end(of: running)
        #expect(outcome.cause == .cancelled)
        #expect(outcome.signal == Int(SIGKILL))
    }

    @Test func `a cancel without a grace period kills at once`() throws {
        let running = try start("trap '' TERM; echo ready; while :; do sleep 0.1; done") {
            $0.killWait = 0
        }
        _ = try running.give(.cancel, number: 1)
        #expect(try end(of: running).cause == .cancelled)
    }

    @Test func `a stopped job is cancelled all the same`() throws {
        let running = try start("echo ready; kill -STOP $$; sleep 100")
        let job = try #require(try running.progress()?.job)
        try queue.await("stopped") { ProcessStatus(of: job.pid)?.state == UInt8(ascii: "T") }
        _ = try running.give(.cancel, number: 1)
        #expect(try end(of: running).cause == .cancelled)
    }

    /// A job that writes a line every 20 ms, and has done so once.
    private func ticking(
        _ change: (inout LaunchSpecification) -> Void = { _ in }
    ) throws -> SupervisedAttempt {
        try start("echo ready; while :; do echo tick; sleep 0.02; done", change)
    }

    private func give(_ order: Order, _ number: Int64, to running: SupervisedAttempt) throws {
        _ = try running.give(order, number: number)
        try queue.await("order \(number)") { try running.progress()?.lastOrder == number }
    }

    @Test func `a suspended job stands still until it is resumed`() throws {
        let running = try ticking()
        try give(.suspend, 1, to: running)
        #expect(try running.progress()?.isSuspended == true)
        let before = queue.lines().count
        usleep(300_000)
        #expect(queue.lines().count == before)
        try give(.resume(CPUSet()), 2, to: running)
        #expect(try running.progress()?.isSuspended == false)
        try queue.await("it goes on") { queue.lines().count > before }
        _ = try running.give(.signal(SIGKILL), number: 3)
        #expect(try end(of: running).signal == Int(SIGKILL))
    }

    @Test func `a resumed job is on the CPUs that it is given`() throws {
        let status = try #require(ProcessStatus.own)
        let own = try String(contentsOfFile: "/proc/\(status.pid)/status", encoding: .utf8)
        let list = own.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
        let all = try CPUSet(
            parsing: ByteString(String(try #require(list?.split(separator: "\t").last)))
        )
        let (first, last) = (try #require(all.first), try #require(all.last))
        let running = try ticking { $0.affinity = CPUSet([first]) }
        let job = try #require(try running.progress()?.job)
        try give(.suspend, 1, to: running)
        try give(.resume(CPUSet([last])), 2, to: running)
        let text = try String(contentsOfFile: "/proc/\(job.pid)/status", encoding: .utf8)
        #expect(text.contains("Cpus_allowed_list:\t\(last)\n"))
        _ = try running.give(.signal(SIGKILL), number: 3)
        _ = try end(of: running)
    }

    @Test func `a suspended job does not run on at a signal that says so`() throws {
        let running = try ticking()
        try give(.suspend, 1, to: running)
        let before = queue.lines().count
        try give(.signal(SIGCONT), 2, to: running)
        usleep(200_000)
        #expect(queue.lines().count == before)
        #expect(try running.progress()?.isSuspended == true)
        try give(.resume(CPUSet()), 3, to: running)
        try queue.await("it goes on") { queue.lines().count > before }
        _ = try running.give(.signal(SIGKILL), number: 4)
        _ = try end(of: running)
    }

    @Test func `the time of a suspended job stands still`() throws {
        let running = try ticking { $0.timeLimit = .seconds(1) }
        try give(.suspend, 1, to: running)
        usleep(1_300_000)
        #expect(try running.outcome() == nil)
        try give(.resume(CPUSet()), 2, to: running)
        #expect(try end(of: running).cause == .timeLimit)
    }

    @Test func `a suspended job is cancelled all the same`() throws {
        let running = try start(
            "trap 'echo told; exit 9' TERM; echo ready; while :; do sleep 0.02; done"
        )
        try give(.suspend, 1, to: running)
        _ = try running.give(.cancel, number: 2)
        let outcome = try end(of: running)
        #expect(outcome.cause == .cancelled)
        #expect(queue.lines().contains("told"))
    }

    @Test func `a job that has stopped its supervisor is cancelled all the same`() throws {
        let running = try start("echo ready; kill -STOP $PPID; sleep 100")
        let supervisor = try #require(running.pid)
        try queue.await("stopped") { ProcessStatus(of: supervisor)?.state == UInt8(ascii: "T") }
        _ = try running.give(.cancel, number: 1)
        #expect(try end(of: running).cause == .cancelled)
    }

    @Test func `what the first process leaves has the grace period of a cancel, too`() throws {
        let running = try start(
            """
            (trap 'sleep 0.3; echo tidied; exit' TERM; echo ready; while :; do sleep 0.05; done) &
            wait
            """
        )
        _ = try running.give(.cancel, number: 1)
        #expect(try end(of: running).cause == .cancelled)
        #expect(queue.lines().contains("tidied"))
    }

    static let ends: [String] = [
        "setsid sh -c 'echo $$ >> pids; exec sleep 1000' &",
        "(setsid sh -c 'echo $$ >> pids; exec sleep 1000' &)",
        "(trap '' TERM HUP INT; echo $(exec sh -c 'echo $PPID') >> pids; sleep 1000) &",
        "env -i setsid /bin/sh -c 'echo $$ >> pids; exec /bin/sleep 1000' &",
        "setsid sh -c 'setsid sh -c \"echo \\$\\$ >> pids; exec sleep 1000\" & exit' &",
    ]

    @Test(arguments: ends, [false, true])
    func `nothing of a job is left when it has ended`(_ leave: String, cancel: Bool) throws {
        let rest = cancel ? "echo ready; wait; sleep 1000" : "echo ready"
        let running = try start("\(leave)\nwhile ! [ -s pids ]; do sleep 0.01; done; \(rest)") {
            $0.killWait = 0
        }
        if cancel { _ = try running.give(.cancel, number: 1) }
        let outcome = try end(of: running)
        #expect(outcome.cause == (cancel ? .cancelled : .exited))
        let pids = queue.lines("pids")
        #expect(pids.count == 1)
        for pid in pids { #expect(!TestQueue.lives(pid), "\(pid) lives") }
    }

    @Test func `nothing of a job that forks and forks is left`() throws {
        let running = try start(
            """
            echo $$ >> pids
            spawn() { while :; do (trap '' TERM; echo $(exec sh -c 'echo $PPID') >> pids; sleep 50) &
            sleep 0.002; done; }
            spawn & setsid sh -c '(sleep 100 & sleep 100) & echo $$ >> pids; sleep 100' &
            sleep 0.3; echo ready; wait
            """
        ) { $0.killWait = 0 }
        _ = try running.give(.cancel, number: 1)
        #expect(try end(of: running).cause == .cancelled)
        let pids = queue.lines("pids")
        #expect(pids.count > 10)
        for pid in pids { #expect(!TestQueue.lives(pid), "\(pid) lives") }
    }

    @Test func `a signal reaches all processes of the job and none is ended by it`() throws {
        let running = try start(
            """
            trap 'echo first; : > one' USR1
            (trap 'echo second; : > two' USR1; touch there; while :; do sleep 0.02; done) &
            while ! [ -e there ]; do sleep 0.01; done
            echo ready
            while ! [ -e one ] || ! [ -e two ]; do sleep 0.02; done
            exit 4
            """
        )
        // The shells' own sleeps are hit, too; the loops go on.
        _ = try running.give(.signal(SIGUSR1), number: 1)
        let outcome = try end(of: running)
        #expect(outcome.cause == .exited)
        #expect(outcome.exitCode == 4)
        #expect(queue.lines().contains("first"))
        #expect(queue.lines().contains("second"))
    }

    @Test func `a KILL by order is a cancel`() throws {
        let running = try start("trap '' TERM; echo ready; sleep 1000")
        _ = try running.give(.signal(SIGKILL), number: 1)
        let outcome = try end(of: running)
        #expect(outcome.cause == .cancelled)
        #expect(outcome.signal == Int(SIGKILL))
    }

    @Test func `a requeued job ends and says so`() throws {
        let running = try start("echo ready; sleep 1000")
        _ = try running.give(.requeue, number: 1)
        let outcome = try end(of: running)
        #expect(outcome.cause == .requeued)
        #expect(outcome.state == .pending)
        #expect(queue.text().contains("DUE TO JOB REQUEUE ***"))
    }

    @Test func `an order is carried out once, however often it is given`() throws {
        let running = try start(
            """
            trap 'echo hit' USR2
            echo ready
            while ! [ -e stop ]; do sleep 0.02; done
            """
        )
        for _ in 0..<20 { _ = try running.give(.signal(SIGUSR2), number: 8) }
        try queue.await("noted") { try running.give(.signal(SIGUSR2), number: 8) == .done }
        #expect(try running.progress()?.lastOrder == 8)
        // A new daemon, which knows nothing of it, gives it again.
        guard case .alive(let adopted) = try queue.examine(queue.attempt()) else {
            Issue.record("not alive")
            return
        }
        #expect(try adopted.give(.signal(SIGUSR2), number: 8) == .done)
        #expect(try adopted.give(.signal(SIGUSR2), number: 5) == .done)
        try queue.touch("stop")
        #expect(try end(of: running).cause == .exited)
        #expect(queue.lines().filter { $0 == "hit" }.count == 1)
    }

    @Test func `an order waits for the one before it`() throws {
        let running = try start("trap 'echo hit' USR2; echo ready; while :; do sleep 0.02; done")
        let supervisor = try #require(running.pid)
        #expect(kill(supervisor, SIGSTOP) == 0)
        #expect(try running.give(.signal(SIGUSR2), number: 1) == .given)
        #expect(try running.give(.signal(SIGUSR2), number: 1) == .given)
        #expect(try running.give(.cancel, number: 2) == .busy)
        #expect(kill(supervisor, SIGCONT) == 0)
        // The shell has to get to its trap before the next order ends it.
        try queue.await("carried out") { queue.lines().contains("hit") }
        try queue.await("noted") { try running.give(.cancel, number: 2) == .given }
        #expect(try end(of: running).cause == .cancelled)
    }

    @Test func `the daemon is told when an order is carried out`() throws {
        let running = try start("trap '' USR2; echo ready; sleep 1000")
        let socket = try #require(running.supervisor?.socketDescriptor)
        _ = try running.give(.signal(SIGUSR2), number: 1)
        var awaited = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        #expect(poll(&awaited, 1, 60_000) == 1, "it was not told")
        running.supervisor?.hear()
        _ = try running.give(.cancel, number: 2)
        _ = try end(of: running)
    }

    @Test func `the bell rings when an order is carried out whose daemon has gone`() throws {
        let running = try start("trap '' USR2; echo ready; sleep 1000")
        running.supervisor?.dismiss()
        queue.bell.drain()
        _ = try running.give(.signal(SIGUSR2), number: 1)
        try queue.await("the bell") { queue.bell.drain() }
        _ = try running.give(.cancel, number: 2)
        _ = try end(of: running)
    }

    @Test func `a job cancelled before its supervisor is up never runs`() throws {
        let specification = queue.script("echo ran")
        let claim = ClaimSlot(attempt: specification.attempt, boot: queue.boot)
        let record = try queue.spool.create(claim)
        try record.record.write(OrderSlot(number: 3, order: .cancel))
        let running = try queue.spool.launch(
            specification,
            record: record,
            supervisor: TestQueue.stepd
        )
        let outcome = try end(of: running)
        #expect(outcome.cause == .cancelled)
        #expect(queue.text().isEmpty)
        #expect(try running.progress()?.lastOrder == 3)
        #expect(try running.progress()?.job == nil)
    }

    @Test func `an order given right after the launch is not lost`() throws {
        for number in 1...20 {
            let attempt = queue.attempt(number)
            let running = try queue.launch(queue.script("sleep 1000", attempt: attempt))
            _ = try running.give(.cancel, number: 1)
            #expect(try end(of: running).cause == .cancelled)
        }
    }

    @Test func `a time limit ends the job to the second`() throws {
        let before = Clock.realtimeMicroseconds
        let running = try start("echo ready; sleep 1000") { $0.timeLimit = .seconds(1) }
        let outcome = try end(of: running)
        #expect(outcome.cause == .timeLimit)
        #expect(outcome.signal == Int(SIGTERM))
        #expect(outcome.endedAt.microseconds - before >= 1_000_000)
        #expect(queue.text().contains("DUE TO TIME LIMIT ***"))
    }

    @Test func `a time limit that is lowered ends the job, one that is lifted does not`() throws {
        let running = try start("echo ready; sleep 1000") { $0.timeLimit = .seconds(2) }
        _ = try running.give(.setTimeLimit(.unlimited), number: 1)
        try queue.await("noted") {
            try running.give(.setTimeLimit(.unlimited), number: 1) == .done
        }
        let started = try #require(try running.progress()?.startedAt)
        try queue.await("the old limit is over") {
            Clock.realtimeMicroseconds > started.microseconds + 2_200_000
        }
        #expect(try running.outcome() == nil)
        _ = try running.give(.setTimeLimit(.seconds(1)), number: 2)
        #expect(try end(of: running).cause == .timeLimit)
    }

    @Test func `a signal to the supervisor that is no order does nothing`() throws {
        let running = try start("echo ready; while ! [ -e stop ]; do sleep 0.02; done; exit 5")
        let supervisor = try #require(running.pid)
        for number in [SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE] {
            #expect(kill(supervisor, number) == 0)
        }
        try queue.touch("stop")
        #expect(try end(of: running).exitCode == 5)
    }
}
