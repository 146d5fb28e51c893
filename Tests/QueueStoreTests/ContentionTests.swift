import Foundation
import Glibc
import JobModel
import SQLite
import Testing

@testable import QueueStore

/// Many processes at one queue, each doing what tools and `schedd` do, as fast as it can.
///
/// They are this very program, told by a variable to run one test alone. Exit tests would not do:
/// what waits for them is kept busy for ever by a child that another suite has yet to reap.
struct ContentionTests {
    /// Says in a child what it is to do: the queue's folder and its own number, or `killed`.
    private static let variable = "SLUICE_TEST_CONTENDER"

    private static let order: [String] =
        ProcessInfo.processInfo.environment[variable]?.components(separatedBy: ":") ?? []

    @Test(.enabled(if: !order.isEmpty, "only in a child of the other tests here"))
    func contender() throws {
        let path = Self.order[0]
        if let number = Int(Self.order[1]) { return try Worker(path: path, number: number).work() }
        let store = try QueueStore(folder: StateFolder(path: path))
        try store.write {
            try store.db.run("UPDATE job SET state = 'CANCELLED', ended_us = 1, failed = 0")
            kill(getpid(), SIGKILL)
        }
    }

    /// Starts a child that does this.
    private func child(_ order: String, in queue: TestQueue) throws -> Process {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe")
        child.arguments = [
            "--testing-library", "swift-testing", "--filter", "ContentionTests/contender",
        ]
        child.environment = ProcessInfo.processInfo.environment.merging([
            Self.variable: "\(queue.path):\(order)"
        ]) { $1 }
        child.standardOutput = FileHandle.nullDevice
        try child.run()
        return child
    }

    private func wait(for workers: [Process]) {
        for worker in workers {
            worker.waitUntilExit()
            #expect(worker.terminationReason == .exit && worker.terminationStatus == 0)
        }
    }

    @Test(.enabled(if: order.isEmpty, "a child does not have children"))
    func `of many processes that want the same one has it, and nothing is lost`() throws {
        let queue = try TestQueue()
        wait(for: try (0..<8).map { try child("\($0)", in: queue) })
        let log = try Log(in: queue.path)
        try log.check(queue)
        #expect(log.submitted.count > 100 && log.claims.count > 100)
        #expect(log.lostClaims > 0 && log.lostCancels > 0, "they were not in each other's way")
        #expect(try queue.store.db.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
    }

    @Test(.enabled(if: order.isEmpty, "a child does not have children"))
    func `a process that is killed in the middle of a change has changed nothing`() throws {
        let queue = try TestQueue()
        let workers = try (0..<3).map { try child("\($0)", in: queue) }
        for _ in 0..<3 {
            let killed = try child("killed", in: queue)
            killed.waitUntilExit()
            #expect(killed.terminationReason == .uncaughtSignal)
            #expect(killed.terminationStatus == SIGKILL)
        }
        wait(for: workers)
        try Log(in: queue.path).check(queue)
        #expect(try queue.count("SELECT count(*) FROM job WHERE ended_us = 1") == 0)
    }
}

/// One of the processes; it writes down what it has won and what it has lost.
private final class Worker {
    private let store: QueueStore
    private let checkpoint: Checkpoint?
    private let now = Timestamp(microseconds: 1_000_000)
    private var generator: SeededGenerator
    private let log: FileHandle
    /// What it has claimed and not ended.
    private var attempts: [AttemptID] = []

    init(path: String, number: Int) throws {
        store = try QueueStore(folder: StateFolder(path: path))
        // As schedd alone does.
        checkpoint = number == 0 ? try Checkpoint(path: store.folder.database) : nil
        generator = SeededGenerator(seed: UInt64(number))
        let file = "\(path)/log.\(number)"
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        log = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    }

    func work() throws {
        for step in 0..<150 {
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<25: try submit()
            case 25..<55: try claim()
            case 55..<70: try end()
            case 70..<85: try cancel()
            case 85..<93: try hold()
            default: try putBack()
            }
            if step % 5 == 0 { try checkpoint?.run() }
        }
        while !attempts.isEmpty { try end() }
    }

    private func write(_ words: String) throws {
        try log.write(contentsOf: Data("\(words)\n".utf8))
    }

    private func submit() throws {
        var job = TestQueue.plain
        if generator.chance(30) { job.array = ArrayIndexSet([.init(first: 1, last: 5)]) }
        let id = try store.submit(job, at: now)
        try write("submit \(id) \(job.array?.count ?? 0)")
    }

    /// A row that waits, one of the few that all processes see first.
    private func candidate() throws -> JobID? {
        var found: [JobID] = []
        try store.read {
            try store.db.query("SELECT id FROM job WHERE state = 'PENDING' LIMIT 4") {
                found.append(JobID(rawValue: $0.integer(0)))
            }
        }
        return found.randomElement(using: &generator)
    }

    private func claim() throws {
        guard let id = try candidate() else { return }
        let allocation = Allocation(cpus: CPUSet([0]))
        let claimed = try store.write {
            try store.claim(id, allocation, boot: "boot", at: now)
        }
        guard let claimed else { return try write("lost-claim \(id)") }
        attempts.append(claimed.attempt)
        try write("claim \(claimed.attempt) \(claimed.array ?? claimed.attempt.job)")
    }

    private func end() throws {
        guard let attempt = attempts.popLast() else { return }
        let code = generator.chance(30) ? 1 : 0
        let outcome = Outcome(cause: .exited, exitCode: code, endedAt: now)
        let ended = try store.write { try store.end(attempt, outcome, at: now) }
        try write("\(ended == nil ? "lost-end" : "end") \(attempt)")
    }

    private func putBack() throws {
        guard let attempt = attempts.popLast() else { return }
        let back = try store.write {
            try store.putBack(
                attempt,
                Outcome(cause: .neverStarted, endedAt: now),
                begin: nil,
                isHeld: false,
                countsAsRestart: false,
                at: now
            )
        }
        try write(back == nil ? "lost-end \(attempt)" : "back \(attempt)")
    }

    private func cancel() throws {
        guard let id = try candidate() else { return }
        let results = try store.cancel(JobReference(id: id), by: 1, at: now)
        try write("\(results.contains(.done) ? "cancel" : "lost-cancel") \(id)")
    }

    private func hold() throws {
        guard let id = try candidate() else { return }
        _ = try store.hold(JobReference(id: id), by: 1, at: now)
        _ = try store.release(JobReference(id: id), by: 1, at: now)
    }
}

/// What all processes have written down.
private struct Log {
    private(set) var submitted: [JobID: Int] = [:]
    private(set) var claims: [String] = []
    private(set) var ends: [String] = []
    private(set) var cancels: [String] = []
    private(set) var lostClaims = 0
    private(set) var lostCancels = 0

    init(in path: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        for name in names where name.hasPrefix("log.") {
            let text = String(
                decoding: FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data(),
                as: UTF8.self
            )
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                switch words[0] {
                case "submit":
                    let id = JobID(rawValue: try #require(Int64(words[1])))
                    #expect(submitted[id] == nil, "\(id) was given twice")
                    submitted[id] = Int(words[2])
                case "claim": claims.append(words[1])
                case "end", "back": ends.append(words[1])
                case "cancel": cancels.append(words[1])
                case "lost-claim": lostClaims += 1
                case "lost-cancel": lostCancels += 1
                default: Issue.record("\(line)")
                }
            }
        }
    }

    func check(_ queue: TestQueue) throws {
        // Each was claimed by one process, ended by the same, and is in the queue.
        #expect(Set(claims).count == claims.count && Set(ends) == Set(claims))
        var attempts: [String] = []
        try queue.store.db.query("SELECT job, number FROM attempt WHERE ended_us IS NOT NULL") {
            attempts.append("\($0.integer(0)).\($0.integer(1))")
        }
        #expect(attempts.sorted() == claims.sorted())
        #expect(try queue.store.runningJobs().isEmpty)
        #expect(Set(cancels).count == cancels.count, "a job was cancelled twice")
        for id in cancels where submitted[JobID(rawValue: Int64(id) ?? 0)] == 0 {
            #expect(try queue.record(id).state == .cancelled, "\(id)")
        }
        try checkCounters(queue)
        for (id, tasks) in submitted {
            let records = try queue.records("\(id)")
            let count = records.reduce(0) { $0 + ($1.waiting?.count ?? 1) }
            #expect(count == max(tasks, 1), "\(id)")
        }
    }

    private func checkCounters(_ queue: TestQueue) throws {
        let wrong = try queue.count(
            """
            SELECT count(*) FROM job a WHERE array_id = id AND (
                running <> (SELECT count(*) FROM job t WHERE t.array_id = a.id
                    AND t.task_index IS NOT NULL AND t.state = 'RUNNING')
                OR succeeded <> (SELECT count(*) FROM job t WHERE t.array_id = a.id
                    AND t.task_index IS NOT NULL AND t.state = 'COMPLETED')
                OR ended_us IS NOT NULL AND succeeded + failed <> total)
            """
        )
        #expect(wrong == 0, "counters of arrays do not add up")
        #expect(
            try queue.count("SELECT count(*) FROM job WHERE array_id IS NULL OR array_id = id")
                == Int64(submitted.count)
        )
    }
}
