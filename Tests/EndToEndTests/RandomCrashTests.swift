import Foundation
import Glibc
import JobModel
import Linux
import SeededRandom
import Testing

@testable import QueueStore

extension EndToEnd {
    /// `schedd` and `stepd` killed again and again while hundreds of jobs run.
    struct RandomCrashTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        @Test func `every job runs exactly once whatever is killed`() throws {
            let seed = ProcessInfo.processInfo.environment["SLUICE_TEST_SEED"].flatMap(UInt64.init)
            var storm = try Storm(queue, seed: seed ?? UInt64.random(in: 0...UInt64.max))
            print("seed \(storm.seed)")
            try storm.rage(daemonKills: 50, supervisorKills: 20, jobs: 500)
            try storm.settle()
            try storm.check()
        }

        @Test func `no job is lost when schedd is killed right after submit returned`() throws {
            var jobs: [JobID] = []
            for _ in 0..<30 {
                try queue.awaitDaemon()
                jobs.append(try queue.job("--wrap", "echo $SLURM_JOB_ID >> ran"))
                queue.killDaemon()
            }
            #expect(zip(jobs, jobs.dropFirst()).allSatisfy { $0 < $1 })
            try queue.awaitDaemon()
            for id in jobs { #expect(try queue.end(id).state == .completed) }
            #expect(queue.lines("ran").compactMap(Int64.init).sorted() == jobs.map(\.rawValue))
        }
    }
}

/// Jobs of many kinds, and kills at random moments; the same seed gives the same jobs and pauses.
struct Storm {
    let queue: TestQueue
    let seed: UInt64
    private var generator: SeededGenerator
    /// Submitted jobs; an array counts once.
    private var submitted: [Submitted] = []
    /// How many jobs, an array's tasks counted.
    private var taskCount = 0
    private var killedSupervisors: Set<Int32> = []
    private var daemonKills = 0
    private var supervisorKills = 0

    private struct Submitted {
        var id: JobID
        var count = 1
        var isArray = false
        var allowsRequeue = false
        var waitsFor: JobID?
        /// Somebody has asked to cancel it.
        var isCancelled = false
        /// How often it had started when a cancel found it waiting; nil where none did.
        var lastStart: Int?
        /// How often somebody has asked to run it again.
        var requeues = 0
    }

    init(_ queue: TestQueue, seed: UInt64) throws {
        self.queue = queue
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        queue.write("job.sh", Witness.script)
    }

    /// Kills until all of this has happened.
    mutating func rage(daemonKills wanted: Int, supervisorKills: Int, jobs: Int) throws {
        while daemonKills < wanted || taskCount < jobs || self.supervisorKills < supervisorKills {
            try queue.startDaemon()
            // On a busy machine the jobs would else take for ever, once there are enough kills.
            let longest: Int64 = daemonKills < wanted ? 300_000 : 2_000_000
            let pause = Int64.random(in: 0...longest, using: &generator)
            let end = Clock.monotonicMicroseconds + pause
            repeat {
                if taskCount - queue.lines("witness").count / 2 < 40 { try submit() }
                if self.supervisorKills < supervisorKills,
                    Int.random(in: 0..<8, using: &generator) == 0
                {
                    try killSupervisor()
                }
                switch Int.random(in: 0..<100, using: &generator) {
                case 0: try cancelOne()
                case 1: try requeueOne()
                default: break
                }
                #expect(queue.daemon?.hasEnded == false, "schedd ended by itself")
                usleep(1_000)
            } while Clock.monotonicMicroseconds < end
            queue.killDaemon()
            daemonKills += 1
        }
    }

    private mutating func killSupervisor() throws {
        let supervisors = try queue.members().filter(\.isSupervisor)
        guard let victim = supervisors.randomElement(using: &generator) else { return }
        // By now it may have gone on to another attempt; what that says of itself tells.
        killedSupervisors.insert(victim.status.pid)
        try queue.kill(victim.status.identity)
        supervisorKills += 1
    }

    private mutating func cancelOne() throws {
        guard let index = submitted.indices.randomElement(using: &generator) else { return }
        try cancel(index)
    }

    private mutating func cancel(_ index: Int) throws {
        let results = try queue.cancel(submitted[index].id)
        guard !results.isEmpty else { return }
        submitted[index].isCancelled = true
        if results == [.done], !submitted[index].isArray {
            let starts = try Witness(queue.lines("witness")).places(of: submitted[index].id)
            submitted[index].lastStart = starts.count
        }
    }

    private mutating func requeueOne() throws {
        guard let index = submitted.indices.randomElement(using: &generator) else { return }
        let job = submitted[index]
        // What was cancelled is to stay so, and a whole array would never end.
        guard !job.isArray, job.lastStart == nil else { return }
        let results = try queue.requeue(job.id)
        if results == [.requested] || results == [.done] { submitted[index].requeues += 1 }
    }

    private mutating func submit() throws {
        var job = Submitted(id: JobID(rawValue: 0))
        var words = ["-o", "/dev/null"]
        if Bool.random(using: &generator) {
            job.allowsRequeue = true
            words.append("--requeue")
        }
        switch Int.random(in: 0..<20, using: &generator) {
        case 0...1:
            job.count = 20
            job.isArray = true
            words += ["-a", ["0-19", "0-38:2%1", "1-20%2"].randomElement(using: &generator) ?? ""]
        case 2...6:
            job.waitsFor = submitted.last { !$0.isCancelled }?.id
            if let other = job.waitsFor { words += ["-d", "afterany:\(other)"] }
        case 7: words += ["-c", "2"]
        case 8: words.append("--nice=1000")
        default: break
        }
        let length = "0.0\(Int.random(in: 0..<6, using: &generator))"
        let run = try queue.submit(["--parsable"] + words + ["job.sh", length])
        guard let number = Int64(run.output.dropLast()) else {
            throw NeverHappened(what: "submit \(words): \(run.errors)")
        }
        job.id = JobID(rawValue: number)
        submitted.append(job)
        if words.contains("--nice=1000") { try cancel(submitted.count - 1) }
        taskCount += job.count
    }

    /// Lets what is left come to its end.
    func settle() throws {
        try queue.awaitDaemon()
        try queue.wait(until: "all jobs have ended") {
            let open = try queue.allRecords().filter { !$0.state.isEnded }
            return try open.isEmpty
                && submitted.allSatisfy { try queue.store.end(of: $0.id) != nil }
        }
        try queue.stopDaemon()
        #expect(queue.spooled.isEmpty)
        #expect(try queue.members().isEmpty)
        let integrity = try queue.store.db.first("PRAGMA integrity_check") { $0.text(0) }
        #expect(integrity == "ok")
    }

    /// Compares what the queue says with what the jobs say.
    func check() throws {
        let witness = try Witness(queue.lines("witness"))
        let causes = try causes()
        for attempt in Set(witness.lines.map(\.attempt)) {
            #expect(causes[attempt] != nil, "\(attempt) ran and is not known")
        }
        let killed = witness.attempts(of: killedSupervisors.union(TestQueue.guardians))
        for (attempt, cause) in causes {
            check(attempt, cause, witness.counts(of: attempt), isKilled: killed.contains(attempt))
        }
        for job in submitted { try check(job, causes, witness) }
        let ended = causes.filter { $0.value == .cancelled || $0.value == .requeued }.keys
        let lostOnes = causes.filter { $0.value == .lost }.keys
        witness.checkThatNoCPUWasShared(killed: killed.intersection(lostOnes).union(ended))
        let lost = lostOnes.count
        // A supervisor has one attempt at a time.
        #expect(lost <= supervisorKills)
        let none = causes.values.filter { $0 == .neverStarted || $0 == .cutOff }.count
        print(
            "\(taskCount) jobs, \(causes.count) attempts, schedd killed \(daemonKills) times,",
            "stepd \(supervisorKills) times: \(lost) lost, \(none) never came to life"
        )
    }

    private func causes() throws -> [AttemptID: Outcome.Cause] {
        var causes: [AttemptID: Outcome.Cause] = [:]
        try queue.store.db.query("SELECT job, number, cause FROM attempt") { row in
            let attempt = AttemptID(
                job: JobID(rawValue: row.integer(0)),
                number: Int(row.integer(1))
            )
            causes[attempt] = Outcome.Cause(rawValue: row.text(2))
            #expect(causes[attempt] != nil, "\(attempt) has not ended")
        }
        return causes
    }

    private func check(
        _ attempt: AttemptID,
        _ cause: Outcome.Cause,
        _ counts: (starts: Int, stops: Int),
        isKilled: Bool
    ) {
        switch cause {
        case .exited: #expect(counts == (1, 1), "\(attempt) exited")
        case .neverStarted, .cutOff:
            #expect(counts == (0, 0), "\(attempt) never came to life")
        case .lost:
            // One that had not begun yet has not said whose it is.
            #expect(
                isKilled || counts.starts == 0,
                "\(attempt) is lost, its supervisor was not killed"
            )
            #expect(counts.starts <= 1 && counts.stops <= counts.starts, "\(attempt) is lost")
        case .cancelled, .requeued:
            #expect(counts.starts <= 1 && counts.stops <= counts.starts, "\(attempt) \(cause)")
        case .timeLimit, .launchFailed: Issue.record("\(attempt) ended as \(cause)")
        }
    }

    private func check(
        _ job: Submitted,
        _ causes: [AttemptID: Outcome.Cause],
        _ witness: Witness
    ) throws {
        let records = try queue.records(job.id)
        let count = records.reduce(0) { $0 + ($1.waiting?.count ?? 1) }
        #expect(count == job.count, "\(job.id)")
        if let starts = job.lastStart {
            #expect(witness.places(of: job.id).count == starts, "\(job.id) ran when cancelled")
        }
        for record in records {
            let ends = (0...record.attempts).compactMap {
                causes[AttemptID(job: record.id, number: $0)]
            }
            switch record.state {
            case .completed: #expect(ends.last == .exited, "\(record.id)")
            case .nodeFail: #expect(ends.last == .lost && !job.allowsRequeue, "\(record.id)")
            case .cancelled: #expect(job.isCancelled, "\(record.id)")
            default: Issue.record("\(record.id) ended as \(record.state)")
            }
            let lives = ends.filter {
                $0 == .exited || $0 == .requeued || $0 == .lost && !job.allowsRequeue
            }.count
            #expect(lives <= 1 + job.requeues, "\(record.id) lived \(lives) times")
            try checkOrder(of: record, after: job.waitsFor, witness)
        }
    }

    private func checkOrder(
        of record: JobRecord,
        after other: JobID?,
        _ witness: Witness
    ) throws {
        guard let other, let start = witness.places(of: record.id).first,
            submitted.first(where: { $0.id == other })?.requeues == 0
        else { return }
        let before = try queue.records(other).flatMap { witness.places(of: $0.id) }
        #expect(before.allSatisfy { $0 < start }, "\(record.id) did not wait for \(other)")
    }
}
