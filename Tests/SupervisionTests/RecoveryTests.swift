import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import Supervision

/// The five rules, one by one.
struct RecoveryTests {
    let queue: TestQueue
    static let otherBoot = BootIdentity(text: "11111111-2222-3333-4444-555555555555:1:2")

    init() throws {
        queue = try TestQueue()
    }

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

    private func killSupervisor(_ running: SupervisedAttempt) throws {
        #expect(kill(try #require(running.pid), SIGKILL) == 0)
        queue.awaitExit(running)
    }

    @Test func `a living attempt is adopted and its end arrives`() throws {
        let running = try start("echo ready; while ! [ -e stop ]; do sleep 0.02; done; exit 6")
        guard case .alive(let adopted) = try queue.examine(queue.attempt()) else {
            Issue.record("not alive")
            return
        }
        #expect(adopted.pid == running.pid)
        running.supervisor?.dismiss()
        #expect(try adopted.progress()?.startedAt != nil)
        try queue.touch("stop")
        queue.awaitExit(adopted)
        #expect(try adopted.outcome()?.exitCode == 6)
        guard case .ended(let outcome) = try queue.settle(queue.attempt()) else {
            Issue.record("not ended")
            return
        }
        #expect(outcome.exitCode == 6)
    }

    @Test func `an attempt whose supervisor is not up yet is alive`() throws {
        let record = try queue.spool.create(ClaimSlot(attempt: queue.attempt(), boot: queue.boot))
        guard case .alive(let adopted) = try queue.examine(queue.attempt()) else {
            Issue.record("not alive")
            return
        }
        #expect(adopted.supervisor == nil)
        #expect(try !adopted.findSupervisor())
        _ = consume record
    }

    @Test func `an end that was written counts, also after a restart of the machine`() throws {
        _ = try queue.run(script: "exit 5")
        let finding = try queue.settle(queue.attempt(), claimedIn: Self.otherBoot)
        guard case .ended(let outcome) = finding else {
            Issue.record("\(finding)")
            return
        }
        #expect(outcome.exitCode == 5)
    }

    @Test(arguments: [true, false])
    func `what ran in another life of the machine is never put back`(hasRecord: Bool) throws {
        if hasRecord {
            _ = try queue.spool.create(ClaimSlot(attempt: queue.attempt(), boot: Self.otherBoot))
        }
        let finding = try queue.settle(queue.attempt(), claimedIn: Self.otherBoot)
        guard case .otherBoot = finding else {
            Issue.record("\(finding)")
            return
        }
    }

    static let leftovers: [String] = [
        "sleep 1000 &",
        "setsid sh -c 'echo $$ >> pids; exec sleep 1000' &",
        "(setsid sh -c 'echo $$ >> pids; exec sleep 1000' &)",
        "env -i /bin/sh -c 'echo $$ >> pids; exec /bin/sleep 1000' &",
        "env -i /usr/bin/setsid /bin/sh -c 'echo $$ >> pids; exec /bin/sleep 1000' &",
        "sh -c 'trap \"\" TERM HUP; (sleep 1000 & sleep 1000 & echo $$ >> pids; wait)' &",
    ]

    @Test(arguments: leftovers, [false, true])
    func `a job whose supervisor was killed is ended with all that it started`(
        _ leave: String,
        inCgroup: Bool
    ) throws {
        let parent = inCgroup ? CgroupParent.make(for: queue.spool) : nil
        defer { if let parent { CgroupParent.remove(parent) } }
        if inCgroup && parent == nil { return }
        let running = try start(
            "\(leave)\n echo $$ >> pids; while ! grep -q . pids; do sleep 0.01; done\n"
                + "sleep 0.1; echo ready; sleep 1000"
        ) { $0.cgroupParent = parent }
        let job = try #require(try running.progress()?.job)
        try killSupervisor(running)
        let finding = try queue.settle(queue.attempt())
        guard case .supervisorDied = finding else {
            Issue.record("\(finding)")
            return
        }
        #expect(!TestQueue.lives("\(job.pid)"))
        for pid in queue.lines("pids") { #expect(!TestQueue.lives(pid), "\(pid) lives") }
        // It says so as often as it is asked.
        guard case .supervisorDied = try queue.settle(queue.attempt()) else {
            Issue.record("another finding the second time")
            return
        }
    }

    @Test func `a stranger with the number of the job's process is left alone`() throws {
        var stranger: pid_t = 0
        let arguments = CStrings(["sleep", "1000"])
        #expect(posix_spawn(&stranger, "/bin/sleep", nil, nil, arguments.pointers, nil) == 0)
        defer {
            kill(stranger, SIGKILL)
            waitpid(stranger, nil, 0)
        }
        do {
            let claim = ClaimSlot(attempt: queue.attempt(), boot: queue.boot)
            let locked = try queue.spool.create(claim)
            let process = RunSlot.Process(pid: stranger, startTime: 1)
            var run = RunSlot(supervisor: process)
            run.job = process
            try locked.record.write(run)
        }
        guard case .supervisorDied = try queue.settle(queue.attempt()) else {
            Issue.record("not taken for dead")
            return
        }
        #expect(TestQueue.lives("\(stranger)"))
    }

    @Test func `a job blocked in its set-up does not keep its dead supervisor's lock`() throws {
        #expect(mkfifo(queue.path + "/fifo", 0o600) == 0)
        var specification = queue.script("echo never")
        specification.outputPath = ByteString(queue.path + "/fifo")
        let running = try queue.launch(specification)
        try queue.await("the job is noted") { try running.progress()?.job != nil }
        let job = try #require(try running.progress()?.job)
        try killSupervisor(running)
        guard case .supervisorDied = try queue.settle(queue.attempt()) else {
            Issue.record("not taken for dead")
            return
        }
        #expect(!TestQueue.lives("\(job.pid)"))
    }

    @Test func `what never started is void, and its record starts nothing any more`() throws {
        do { _ = try queue.spool.create(ClaimSlot(attempt: queue.attempt(), boot: queue.boot)) }
        guard case .neverStarted = try queue.settle(queue.attempt()) else {
            Issue.record("not taken for never started")
            return
        }
        guard case .taken(let locked) = try queue.spool.lock(queue.attempt()) else {
            Issue.record("not free")
            return
        }
        #expect(try locked.record.claim()?.isVoid == true)
        let running = try queue.spool.launch(
            queue.script("echo ran"),
            record: locked,
            supervisor: TestQueue.stepd
        )
        queue.awaitExit(running)
        #expect(try running.progress() == nil)
        #expect(queue.text().isEmpty)
    }

    @Test func `no record and nobody there means that nothing started`() throws {
        guard case .neverStarted = try queue.settle(queue.attempt()) else {
            Issue.record("not taken for never started")
            return
        }
    }

    @Test func `no record of what was seen alive means that it is lost`() throws {
        let finding = try queue.spool.examine(
            queue.attempt(),
            claimedIn: queue.boot,
            now: queue.boot,
            wasSeenAlive: true
        )
        guard case .supervisorDied = finding else {
            Issue.record("\(finding)")
            return
        }
    }

    @Test func `a job that removes its own record is ended and never put back`() throws {
        let running = try start("rm spool/17.1; echo ready; sleep 1000")
        let job = try #require(try running.progress()?.job)
        guard case .supervisorDied = try queue.settle(queue.attempt()) else {
            Issue.record("not taken for dead")
            return
        }
        queue.awaitExit(running)
        #expect(!TestQueue.lives("\(job.pid)"))
        guard case .supervisorDied = try queue.settle(queue.attempt()) else {
            Issue.record("put back the second time")
            return
        }
    }

    @Test func `the end of a job that removed its own record is found all the same`() throws {
        let running = try start("rm spool/17.1; echo ready; exit 3")
        queue.awaitExit(running)
        guard case .ended(let outcome) = try queue.settle(queue.attempt()) else {
            Issue.record("its end is not found")
            return
        }
        #expect(outcome.cause == .exited && outcome.exitCode == 3)
        try queue.spool.remove(queue.attempt())
        #expect(try queue.spool.attempts().isEmpty)
    }

    @Test func `an attempt that has ended can be removed and leaves nothing`() throws {
        let running = try start("echo ready; sleep 1000")
        try killSupervisor(running)
        guard case .supervisorDied = try queue.settle(queue.attempt()) else {
            Issue.record("not taken for dead")
            return
        }
        #expect(FileManager.default.fileExists(atPath: queue.path + "/spool/17.1.d"))
        try queue.spool.remove(queue.attempt())
        #expect(try queue.spool.attempts().isEmpty)
        try queue.spool.remove(queue.attempt())
    }

    @Test func `an identity of a boot is read as it was stored and is this one`() throws {
        let identity = try BootIdentity.current()
        #expect(BootIdentity(text: identity.text) == identity)
        #expect(try BootIdentity.current() == identity)
        #expect(identity.text.split(separator: ":").count == 3)
        #expect(identity != Self.otherBoot)
    }
}

/// With a cgroup for each attempt; skipped where there is none to be had.
@Suite(.enabled(if: TestQueue.hasCgroups, "cgroup v2 cannot be had here"))
struct CgroupTests {
    let queue: TestQueue
    let parent: ByteString

    init() throws {
        queue = try TestQueue()
        let made = CgroupParent.make(for: queue.spool)
        parent = try #require(made)
    }

    private func finish() {
        CgroupParent.remove(parent)
        #expect(!FileManager.default.fileExists(atPath: parent.string))
    }

    @Test func `a job runs in a cgroup of its own, which is gone afterwards`() throws {
        var specification = queue.script("grep '^0::' /proc/self/cgroup; exit 3")
        specification.cgroupParent = parent
        let outcome = try queue.run(specification)
        #expect(outcome.exitCode == 3)
        #expect(outcome.cpuMicroseconds > 0)
        #expect(queue.text().hasSuffix("/17.1\n"))
        #expect(!FileManager.default.fileExists(atPath: "\(parent.string)/17.1"))
        finish()
    }

    @Test func `a cancelled job is ended by its cgroup`() throws {
        var specification = queue.script("trap '' TERM; setsid sleep 1000 & echo ready; wait")
        specification.cgroupParent = parent
        specification.killWait = 0
        let running = try queue.launch(specification)
        try queue.await("ready") { queue.lines().contains("ready") }
        _ = try running.give(.cancel, number: 1)
        queue.awaitExit(running)
        #expect(try running.outcome()?.cause == .cancelled)
        finish()
    }

    @Test func `a cgroup that cannot be made is no reason not to run`() throws {
        var specification = queue.script("exit 3")
        specification.cgroupParent = "/no/such/cgroup"
        #expect(try queue.run(specification).exitCode == 3)
        finish()
    }
}
