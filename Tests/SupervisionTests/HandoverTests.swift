import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import Supervision

/// One supervisor for several attempts, one after the other.
struct HandoverTests {
    let queue: TestQueue

    init() throws {
        queue = try TestQueue()
    }

    private func first(_ lines: String = "echo first >> witness") throws -> SupervisorLink {
        let running = try queue.launch(queue.script(lines))
        try queue.awaitOutcome(running)
        return try #require(running.supervisor)
    }

    private func marker(_ link: SupervisorLink) throws -> String {
        let environment = try String(
            contentsOfFile: "/proc/\(link.process.pid)/environ",
            encoding: .utf8
        )
        let entries = environment.split(separator: "\0")
        let entry = try #require(entries.first { $0.hasPrefix("SLUICE_ATTEMPT=") })
        return entry.trimmingCharacters(in: .whitespaces)
    }

    private func argument(_ link: SupervisorLink) throws -> String {
        let path = "/proc/\(link.process.pid)/cmdline"
        let words = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\0")
        return words.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    }

    @Test func `a supervisor serves one attempt after the other and says which`() throws {
        let link = try first()
        let pid = link.process.pid
        for job in [18, 1_234_567_890_123, 19] as [Int64] {
            let attempt = queue.attempt(job: job)
            let script = queue.script(
                "touch at.\(job)\nwhile ! [ -e go.\(job) ]; do sleep 0.01; done\nexit 4",
                attempt: attempt
            )
            let running = try #require(try queue.handOver(script, to: link))
            #expect(running.pid == pid)
            try queue.await("\(job) runs") { try queue.state.names().contains("at.\(job)") }
            #expect(try running.progress()?.supervisor.pid == pid)
            #expect(try argument(link) == "stepd \(attempt)")
            #expect(try marker(link) == queue.spool.marker(of: attempt).string)
            #expect(try Remains(run: nil, marker: queue.spool.marker(of: attempt)).exist())
            let before = queue.spool.marker(of: queue.attempt())
            #expect(try !Remains(run: nil, marker: before).exist(), "it still shows its first")
            try queue.touch("go.\(job)")
            #expect(try queue.awaitOutcome(running).exitCode == 4)
        }
        #expect(queue.lines("witness") == ["first"])
        queue.awaitExit(link)
    }

    @Test func `a supervisor that has nothing to do holds nothing and shows none`() throws {
        let link = try first()
        let path = "/proc/\(link.process.pid)/fd"
        try queue.await("it holds nothing") {
            // Standard streams, and the connection.
            try FileManager.default.contentsOfDirectory(atPath: path).count == 4
        }
        #expect(try argument(link) == "stepd idle")
        #expect(try marker(link) == "SLUICE_ATTEMPT=")
        guard case .taken = try queue.spool.lock(queue.attempt()) else {
            Issue.record("the record of what is over is locked")
            return
        }
        #expect(link.stays)
        queue.awaitExit(link)
    }

    @Test func `a supervisor leaves with the daemon that started it`() throws {
        let link = try first()
        link.dismiss()
        queue.awaitExit(link)
    }

    @Test(arguments: [false, true])
    func `an attempt under way to its supervisor survives the daemon`(hearsBefore: Bool) throws {
        let link = try first()
        if hearsBefore { link.hear() }
        let script = queue.script("echo second >> witness; exit 5", attempt: queue.attempt(job: 18))
        let running = try #require(try queue.handOver(script, to: link))
        link.dismiss()
        queue.awaitExit(link)
        #expect(try running.outcome()?.exitCode == 5)
        #expect(queue.lines("witness") == ["first", "second"])
    }

    @Test func `what cannot take an attempt says so and the attempt is the caller's`() throws {
        let link = try first()
        #expect(kill(link.process.pid, SIGKILL) == 0)
        queue.awaitEnd(of: link)
        let attempt = queue.attempt(job: 18)
        let script = queue.script("echo second >> witness", attempt: attempt)
        let record = try queue.spool.create(ClaimSlot(attempt: attempt, boot: queue.boot))
        let taken = try queue.spool.handOver(script, record: record, to: link)
        #expect(taken == nil)
        let own = try queue.spool.launch(script, record: record, supervisor: TestQueue.stepd)
        queue.awaitExit(own)
        #expect(queue.lines("witness") == ["first", "second"])
    }

    @Test func `a specification that is too long goes with a supervisor of its own`() throws {
        let link = try first()
        let attempt = queue.attempt(job: 18)
        var script = queue.script("exit", attempt: attempt)
        let room = HandoverSocket.longestMessage
        script.environment.append(ByteString([UInt8](repeating: UInt8(ascii: "x"), count: room)))
        #expect(try queue.handOver(script, to: link) == nil)
        queue.awaitExit(link)
    }

    @Test func `a supervisor that was stopped goes on with the next attempt`() throws {
        let link = try first()
        #expect(kill(link.process.pid, SIGSTOP) == 0)
        let script = queue.script("exit 5", attempt: queue.attempt(job: 18))
        let running = try #require(try queue.handOver(script, to: link))
        #expect(try queue.awaitOutcome(running).exitCode == 5)
        queue.awaitExit(link)
    }

    @Test func `an attempt whose record has gone on the way does not begin`() throws {
        let link = try first()
        let attempt = queue.attempt(job: 18)
        var script = queue.script("echo second >> witness", attempt: attempt)
        script.environment.append(queue.spool.marker(of: attempt))
        do {
            let record = try queue.spool.create(ClaimSlot(attempt: attempt, boot: queue.boot))
            try queue.spool.folder.remove("\(attempt)")
            let isSent = link.send(script.encoded, record: record.record.descriptor)
            #expect(isSent)
        }
        queue.awaitEnd(of: link)
        #expect(queue.lines("witness") == ["first"])
    }

    /// What a job finds, told in lines.
    private static let surroundings = """
        umask; pwd; ulimit -Sn; ulimit -Hn; nice; cat /proc/self/oom_score_adj
        grep -E '^(Cpus_allowed_list|Sig(Blk|Ign)|NSpid):' /proc/self/status | cut -f 1-2 | grep -v NSpid
        ls /proc/self/fd | wc -l; env | grep -v -e SLUICE_ATTEMPT -e _=; ps -o sid= -p $$ | grep -c -w $$
        """

    @Test func `a job finds nothing of the one before it`() throws {
        _ = try queue.run(queue.script(Self.surroundings))
        let alone = queue.text()
        #expect(alone.split(separator: "\n").count >= 11, "\(alone)")
        var other = queue.script(
            "umask 0; ulimit -n 32; cd /; export LEFT=1; (sleep 0.05 &) ; exit 3",
            attempt: queue.attempt(job: 18)
        )
        other.umask = 0o077
        other.oomScoreAdjustment = 900
        other.affinity = CPUSet([0])
        other.environment.append("OTHER=1")
        other.workDirectory = "/"
        other.limits = [.init(resource: CInt(RLIMIT_NOFILE.rawValue), soft: 32, hard: 64)]
        let running = try queue.launch(other)
        #expect(try queue.awaitOutcome(running).exitCode == 3)
        let link = try #require(running.supervisor)
        let second = queue.script(Self.surroundings, attempt: queue.attempt(job: 19))
        let next = try #require(try queue.handOver(second, to: link))
        try queue.awaitOutcome(next)
        #expect(queue.text() == alone)
        queue.awaitExit(link)
    }

    @Test func `what one job used is not counted for the next`() throws {
        let link = try first(
            "x=0; while [ $x -lt 300000 ]; do x=$((x+1)); done; head -c 30000000 /dev/zero | tail -n 1 > /dev/null"
        )
        let heavy = try #require(try queue.spool.record(of: queue.attempt())?.outcome())
        let script = queue.script("exit", attempt: queue.attempt(job: 18))
        let light = try queue.awaitOutcome(try #require(try queue.handOver(script, to: link)))
        #expect(light.cpuMicroseconds < heavy.cpuMicroseconds / 2)
        #expect(light.maxRSSBytes < heavy.maxRSSBytes / 2)
        queue.awaitExit(link)
    }

    @Test(arguments: [
        "renice -n 5 -p $PPID", "prlimit --nofile=50:60 -p $PPID", "ionice -c 3 -p $PPID",
        "chrt -b -p 0 $PPID",
    ])
    func `a supervisor that its job has changed serves no other`(_ change: String) throws {
        let running = try queue.launch(queue.script(change))
        #expect(try queue.awaitOutcome(running).exitCode == 0)
        queue.awaitEnd(of: try #require(running.supervisor))
    }

    @Test func `an order to one attempt is not carried out on the next`() throws {
        let running = try queue.launch(
            queue.script("trap '' USR2; touch at; while ! [ -e go ]; do sleep 0.01; done")
        )
        try queue.await("it runs") { try queue.state.names().contains("at") }
        _ = try running.give(.signal(SIGUSR2), number: 7)
        try queue.touch("go")
        try queue.awaitOutcome(running)
        let link = try #require(running.supervisor)
        _ = try running.give(.cancel, number: 8)
        let script = queue.script("sleep 0.1; exit 6", attempt: queue.attempt(job: 18))
        let next = try #require(try queue.handOver(script, to: link))
        #expect(try queue.awaitOutcome(next).exitCode == 6)
        #expect(try next.progress()?.lastOrder == 0)
        queue.awaitExit(link)
    }
}
