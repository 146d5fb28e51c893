import Foundation
import Glibc
import JobModel
import SQLite
import SeededRandom
import Testing

@testable import QueueStore

/// Many processes at one queue, each doing what tools and `schedd` do, as fast as it can.
struct ContentionTests {
    @Test func `of many processes that want the same one has it, and nothing is lost`() throws {
        let queue = try TestQueue()
        try Self.awaitEnds(of: (0..<8).map { try Contender(.work($0), in: queue.path) })
        let log = try Log(in: queue.path)
        try log.check(queue)
        #expect(log.submitted.count > 100 && log.claims.count > 100)
        #expect(log.lostClaims > 0 && log.lostCancels > 0, "they were not in each other's way")
        #expect(try queue.store.db.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
    }

    @Test func `a process that is killed in the middle of a change has changed nothing`() throws {
        let queue = try TestQueue()
        let others = try (0..<3).map { try Contender(.work($0), in: queue.path) }
        for _ in 0..<3 {
            let end = try Contender(.dies, in: queue.path).end()
            #expect(end.status & 0x7F == SIGKILL, end.said)
        }
        try Self.awaitEnds(of: others)
        try Log(in: queue.path).check(queue)
        #expect(try queue.count("SELECT count(*) FROM job WHERE ended_us = 1") == 0)
    }

    private static func awaitEnds(of contenders: [Contender]) throws {
        for end in contenders.map({ $0.end() }) { try #require(end.status == 0, end.said) }
    }
}

/// Another process: this same program with a test of its own, which the variable asks for.
private struct Contender {
    /// What it is told to do: to work, under a number of its own, or to be killed in a change.
    enum Task {
        case work(Int)
        case dies
    }

    private static let variable = "SLUICE_TEST_CONTENDER"

    /// What this process is asked to do, as `PATH NUMBER`; nil where it is no such process.
    static let task = ProcessInfo.processInfo.environment[variable]

    /// What it has said is in this file.
    private let output: String
    private var pid: pid_t = 0

    /// Starts one.
    ///
    /// Not as an exit test: those wait for ever where other tests leave processes unreaped.
    init(_ task: Task, in path: String) throws {
        let number = if case .work(let number) = task { number } else { -1 }
        output = "\(path)/output.\(number)"
        let words = [
            "/proc/self/exe", "--testing-library", "swift-testing", "--filter", "ContenderTests",
        ]
        var environment = ProcessInfo.processInfo.environment
        environment[Self.variable] = "\(path) \(number)"
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        for end: CInt in 1...2 {
            posix_spawn_file_actions_addopen(&actions, end, output, flags, 0o600)
        }
        try #require(posix_spawn(&pid, words[0], &actions, nil, &arguments, &variables) == 0)
    }

    /// Waits for its end; gives its wait status, and what it has said.
    func end() -> (status: CInt, said: Comment) {
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let said = FileManager.default.contents(atPath: output) ?? Data()
        return (status, "it said: \(String(decoding: said, as: UTF8.self))")
    }
}

@Suite(.enabled(if: Contender.task != nil, "is a part of another test"))
struct ContenderTests {
    @Test func `one of many processes does what it is asked to`() throws {
        let words = try #require(Contender.task).split(separator: " ")
        let path = String(words[0])
        let number = try #require(Int(words[1]))
        guard number < 0 else { return try Worker(path: path, number: number).work() }
        let store = try QueueStore(folder: StateFolder(path: path))
        try store.write {
            try store.db.run("UPDATE job SET state = 'CANCELLED', ended_us = 1, failed = 0")
            kill(getpid(), SIGKILL)
        }
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
