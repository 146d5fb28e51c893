import Foundation
import JobModel
import QueueStore
import Testing

/// The machine's own past, replayed.
struct HistoryTests {
    let folder: SimulateFolder
    let store: QueueStore

    init() throws {
        folder = try SimulateFolder()
        store = try QueueStore(folder: StateFolder(path: folder.path + "/home"))
    }

    private static func instant(_ second: Int64) -> Timestamp {
        Timestamp(microseconds: (1_000_000 + second) * 1_000_000)
    }

    private func leaveMachine(cpus: Int = 4) throws {
        let gpus = [
            MachineFacts.GPU(
                index: 0,
                uuid: "GPU-a",
                type: "a100",
                memoryBytes: 1 << 34,
                isUsedOutside: false
            )
        ]
        let facts = MachineFacts(cpus: cpus, memory: MemorySize(bytes: 1 << 36), gpus: gpus)
        try store.write { try store.leave(facts) }
    }

    /// A job that was submitted, started and has ended at these seconds.
    private func job(
        cpus: Int = 1,
        gpus: Int? = nil,
        submitted: Int64,
        started: Int64?,
        ended: Int64
    ) throws {
        var job = JobDescription(
            name: "job",
            uid: geteuid(),
            gid: getegid(),
            payload: .command(path: "/usr/bin/true", arguments: ["true"]),
            environment: [],
            workDirectory: "/",
            umask: 0o022,
            limits: []
        )
        job.request.tasks = cpus
        if let gpus { job.request.gpus = GPURequest(count: gpus) }
        let id = try store.submit(job, at: Self.instant(submitted))
        guard let started else { return }
        let allocation = try Allocation(parsing: "cpu=0")
        let claim = try store.write {
            try store.claim(id, allocation, boot: "boot", at: Self.instant(started))
        }
        let attempt = try #require(claim).attempt
        let outcome = Outcome(
            cause: .exited,
            exitCode: 0,
            signal: 0,
            endedAt: Self.instant(ended),
            cpuMicroseconds: 0,
            maxRSSBytes: 0
        )
        _ = try store.write { try store.end(attempt, outcome, at: Self.instant(ended)) }
    }

    @Test func `what has run is replayed, and what happened stands beside it`() throws {
        try leaveMachine()
        // One GPU: the second waits 90 s in truth and 80 s in the replay, which takes no time.
        try job(gpus: 1, submitted: 0, started: 0, ended: 100)
        try job(gpus: 1, submitted: 20, started: 110, ended: 160)
        // This one waits still, and counts for nothing.
        try job(submitted: 30, started: nil, ended: 0)
        let run = try folder.simulate("--from-history", "--json", "-w", "gpus=+1", "-w", "cpus=+4")
        let json = try run.json()
        let recorded = try #require(json["recorded"] as? [String: Any])
        #expect(recorded["jobs"] as? Int == 2 && recorded["max_wait"] as? Int == 90)
        let runs = try #require(json["runs"] as? [[String: Any]])
        #expect(runs.map { $0["max_wait"] as? Int } == [80, 0, 80])
        #expect(runs.map { $0["gpus"] as? Int } == [1, 2, 1])
        #expect(runs.map { $0["gpu_utilization"] as? Double } == [1, 0.75, 1])
        let text = try folder.simulate("--from-history", "--what-if=gpus=+1").output
        #expect(text.contains("as recorded") && text.contains("as it is"))
    }

    @Test func `jobs larger than the machine now is are left out`() throws {
        try leaveMachine(cpus: 64)
        try job(cpus: 2, submitted: 0, started: 1, ended: 11)
        try job(cpus: 64, submitted: 0, started: 1, ended: 11)
        try leaveMachine()
        let run = try folder.simulate("--from-history")
        #expect(run.output.contains("1 job on 4 processors and 1 GPU"))
        #expect(run.output.contains("Left out: 1 larger than the machine now is."))
    }

    @Test func `a queue without a past says so`() throws {
        let run = try folder.simulate("--from-history")
        #expect(run.status == 1 && run.errors.contains("schedd has never run"))
        try leaveMachine()
        let other = try folder.simulate("--from-history")
        #expect(other.status == 1 && other.errors.contains("no job that can be replayed"))
    }

    @Test func `a replay changes nothing`() throws {
        try leaveMachine()
        try job(submitted: 0, started: 1, ended: 2)
        let before = try store.journal(after: 0).count
        #expect(try folder.simulate("--from-history", "--compare").status == 0)
        #expect(try store.journal(after: 0).count == before)
    }
}
