import Foundation
import JobModel
import Testing

@testable import QueueStore

/// A queue in a folder of its own, removed with it.
final class TestQueue {
    let store: QueueStore
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "sluice-store-\(UUID().uuidString)"
        store = try QueueStore(folder: StateFolder(path: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func submit(
        array: ArrayIndexSet? = nil,
        after dependency: Dependency? = nil
    ) throws -> JobID {
        var job = JobDescription(
            name: "test",
            uid: 0,
            gid: 0,
            payload: .command(path: "/bin/true", arguments: ["true"]),
            environment: ["A=1"],
            workDirectory: "/",
            umask: 0o022,
            limits: []
        )
        job.array = array
        job.dependency = dependency
        return try store.submit(job, at: now)
    }

    func claim(_ job: JobID) throws -> Claimed? {
        try store.write {
            try store.claim(job, Allocation(cpus: CPUSet([0])), boot: "boot", at: now)
        }
    }

    func end(_ attempt: AttemptID, exitCode: Int = 0) throws -> Ended? {
        let outcome = Outcome(cause: .exited, exitCode: exitCode, endedAt: now)
        return try store.write { try store.end(attempt, outcome, at: now) }
    }

    let now = Timestamp(microseconds: 1_000_000)
}

@Test func `a job is claimed once and ends once`() throws {
    let queue = try TestQueue()
    let job = try queue.submit()
    let claimed = try #require(try queue.claim(job))
    #expect(try queue.claim(job) == nil)
    #expect(try queue.end(claimed.attempt)?.state == .completed)
    #expect(try queue.end(claimed.attempt) == nil)
    #expect(try queue.store.end(of: job)?.state == .completed)
}

@Test func `a cancelled job is never claimed`() throws {
    let queue = try TestQueue()
    let job = try queue.submit()
    #expect(try queue.store.cancel(JobReference(id: job), by: 0, at: queue.now) == [.done])
    #expect(try queue.claim(job) == nil)
    #expect(try queue.store.end(of: job)?.state == .cancelled)
}

@Test func `an array of a million tasks starts them in order`() throws {
    let queue = try TestQueue()
    let indices = ArrayIndexSet([.init(first: 0, last: 999_999)])
    let array = try queue.submit(array: indices)
    #expect(try queue.claim(array)?.taskIndex == 0)
    #expect(try queue.claim(array)?.taskIndex == 1)
    #expect(try queue.store.waitingJob(array)?.count == 999_998)
    _ = try queue.store.cancel(JobReference(id: array), by: 0, at: queue.now)
    #expect(try queue.claim(array) == nil)
}

@Test func `a part of an array can be cancelled and the rest runs`() throws {
    let queue = try TestQueue()
    let array = try queue.submit(array: ArrayIndexSet([.init(first: 1, last: 3)]))
    let middle = JobReference(id: array, tasks: ArrayIndexSet(2))
    #expect(try queue.store.cancel(middle, by: 0, at: queue.now) == [.done])
    for index in [1, 3] {
        let claimed = try #require(try queue.claim(array))
        #expect(claimed.taskIndex == index)
        _ = try queue.end(claimed.attempt)
    }
    #expect(try queue.store.end(of: array)?.state == .failed)
}

@Test func `afterok lets a job go when the other has ended well, and never otherwise`() throws {
    let queue = try TestQueue()
    for exitCode in [0, 3] {
        let first = try queue.submit()
        let condition = Dependency.Condition(kind: .afterok, job: JobReference(id: first))
        let second = try queue.submit(after: Dependency(.all, [condition]))
        #expect(try queue.claim(second) == nil)
        let claimed = try #require(try queue.claim(first))
        #expect(try queue.end(claimed.attempt, exitCode: exitCode)?.changed == [second])
        #expect(try queue.store.waitingJob(second)?.isFree == (exitCode == 0))
        #expect((try queue.claim(second) != nil) == (exitCode == 0))
    }
}

@Test func `a job put back runs again under a new attempt, and a cancelled one does not`() throws {
    let queue = try TestQueue()
    let job = try queue.submit()
    let first = try #require(try queue.claim(job)).attempt
    let lost = Outcome(cause: .neverStarted, endedAt: queue.now)
    let back = try queue.store.write {
        try queue.store.putBack(
            first,
            lost,
            begin: nil,
            isHeld: false,
            countsAsRestart: false,
            at: queue.now
        )
    }
    #expect(back?.state == .pending)
    let second = try #require(try queue.claim(job)).attempt
    #expect(second.number == 2)
    _ = try queue.store.cancel(JobReference(id: job), by: 0, at: queue.now)
    let cancelled = try queue.store.write {
        try queue.store.putBack(
            second,
            lost,
            begin: nil,
            isHeld: false,
            countsAsRestart: false,
            at: queue.now
        )
    }
    #expect(cancelled?.state == .cancelled)
}

@Test func `a queue that cannot be read is refused and left as it is`() throws {
    let queue = try TestQueue()
    let folder = StateFolder(path: queue.path + "/inner")
    try folder.prepare()
    for content in [Data(), Data("no database at all, but long enough to be read as one".utf8)] {
        try content.write(to: URL(fileURLWithPath: folder.database))
        #expect(throws: QueueError.self) { try QueueStore(folder: folder) }
        #expect(FileManager.default.contents(atPath: folder.database) == content)
    }
}

@Test func `the columns of the job table are those that are read`() throws {
    let queue = try TestQueue()
    var names: [String] = []
    try queue.store.db.query("SELECT name FROM pragma_table_info('job')") {
        names.append($0.text(0))
    }
    #expect(names == JobColumn.allCases.map { "\($0)" })
}

@Test func `a task may follow a task that was over before it was submitted`() throws {
    let queue = try TestQueue()
    let indices = ArrayIndexSet([.init(first: 1, last: 3)])
    let first = try queue.submit(array: indices)
    for exitCode in [0, 1] {
        _ = try queue.end(try #require(try queue.claim(first)).attempt, exitCode: exitCode)
    }
    let condition = Dependency.Condition(kind: .aftercorr, job: JobReference(id: first))
    let next = try queue.submit(array: indices, after: Dependency(.all, [condition]))
    var reasons: [String: Reason] = [:]
    try queue.store.forEachJob(JobFilter(.jobs([JobReference(id: next)]))) { job in
        reasons[(job.taskIndex.map { "\($0)" } ?? job.waiting.map { "\($0)" }) ?? ""] = job.reason
    }
    #expect(reasons == ["1": .none, "2": .dependencyNeverSatisfied, "3": .dependency])
    _ = try queue.end(try #require(try queue.claim(first)).attempt)
    var free: [Int] = []
    try queue.store.forEachWaitingJob { if $0.isFree { free.append($0.count) } }
    #expect(free == [1, 1])
}
