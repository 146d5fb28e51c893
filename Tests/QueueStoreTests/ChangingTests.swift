import JobModel
import SQLite
import Testing

@testable import QueueStore

struct ChangingTests {
    let queue: TestQueue

    init() throws { queue = try TestQueue() }

    // MARK: Cancel

    @Test func `a cancelled job never runs`() throws {
        let job = try queue.submit()
        #expect(try queue.cancel("\(job)") == [.done])
        let record = try queue.record(job)
        #expect(record.state == .cancelled && record.ended == queue.now)
        #expect(record.cancelledBy == TestQueue.owner && record.attempts == 0)
        #expect(try queue.claim(job) == nil)
        #expect(try queue.cancel("\(job)") == [])
    }

    @Test func `a job that runs is left to schedd`() throws {
        let job = try queue.submit()
        let attempt = try queue.start(job)
        #expect(try queue.cancel("\(job)") == [.requested])
        #expect(try queue.record(job).state == .running)
        #expect(try queue.journal().last == "cancel \(job)")
        try queue.end(attempt, .cancelled, signal: 15)
        #expect(try queue.record(job).state == .cancelled)
    }

    @Test func `a part of an array is cancelled and the rest runs`() throws {
        let array = try queue.submit(array: "1-9")
        #expect(try queue.cancel("\(array)_[2,4-6]") == [.done])
        var seen: [Int] = []
        while let claimed = try queue.claim(array) {
            seen.append(try #require(claimed.taskIndex))
            try queue.end(claimed.attempt)
        }
        #expect(seen == [1, 3, 7, 8, 9])
        #expect(try queue.store.end(of: array)?.state == .failed)
        let cancelled = try queue.records("\(array)").filter { $0.state == .cancelled }
        #expect(cancelled.map { $0.waiting?.description } == ["2,4-6"])
    }

    @Test func `an array that was cancelled before any start is one row`() throws {
        let array = try queue.submit(array: "1-100")
        #expect(try queue.cancel("\(array)") == [.done])
        #expect(try queue.count("SELECT count(*) FROM job") == 1)
        #expect(try queue.store.end(of: array)?.state == .cancelled)
    }

    @Test func `an array is over when the last of its tasks is cancelled`() throws {
        let array = try queue.submit(array: "1-3")
        try queue.run(array)
        try queue.hold("\(array)_2")
        try queue.cancel("\(array)_3")
        #expect(try queue.store.end(of: array) == nil)
        try queue.cancel("\(array)_2")
        #expect(try queue.store.end(of: array)?.state == .failed)
    }

    @Test func `a task is meant by its own number, too`() throws {
        let array = try queue.submit(array: "1-2")
        let task = try queue.start(array).job
        #expect(try queue.cancel("\(task)") == [.requested])
        try queue.hold("\(array)_2")
        let other = try #require(try queue.records("\(array)_2").first).id
        #expect(try queue.cancel("\(other)") == [.done])
    }

    @Test func `what is over is left alone, also where it was cancelled with others`() throws {
        let array = try queue.submit(array: "1-4")
        try queue.cancel("\(array)_[2-3]")
        #expect(try queue.cancel("\(array)_2") == [])
        try queue.cancel("\(array)")
        #expect(try queue.cancel("\(array)_[1-4]") == [])
    }

    @Test func `what has never been is told`() throws {
        let job = try queue.submit()
        let array = try queue.submit(array: "1-3")
        for text in ["77", "\(array)_9"] {
            let error = #expect(throws: QueueError.self, "\(text)") { try queue.cancel(text) }
            guard case .unknownJob = error else { throw Unexpected(error) }
        }
        let error = #expect(throws: QueueError.self) { try queue.cancel("\(job)_1") }
        guard case .notAnArray(job) = error else { throw Unexpected(error) }
    }

    @Test func `all that a filter admits is cancelled at once`() throws {
        let jobs = try ["a", "b", "a"].map { name in
            try queue.submit { $0.name = ByteString(name) }
        }
        let array = try queue.submit(array: "1-3") { $0.name = "a" }
        let running = try queue.start(array).job
        var filter = JobFilter(.open)
        filter.names = ["a"]
        var told: [String] = []
        let unknown = try queue.store.cancel(filter, by: 9, at: queue.now) { reference, results in
            told.append("\(reference) \(results)")
        }
        #expect(unknown == [])
        #expect(told.count == 4)
        #expect(try queue.record(jobs[1]).state == .pending)
        for job in [jobs[0], jobs[2]] { #expect(try queue.record(job).state == .cancelled) }
        #expect(try queue.record(running).state == .running)
        #expect(try queue.store.waitingJob(array) == nil)
    }

    // MARK: Hold and release

    @Test func `a held job waits until it is released`() throws {
        let job = try queue.submit()
        #expect(try queue.hold("\(job)") == [.done])
        #expect(try queue.claim(job) == nil)
        #expect(try queue.record(job).reason == .jobHeldUser)
        #expect(try queue.record(job).eligible == nil)
        queue.now.microseconds += 7
        #expect(try queue.release("\(job)") == [.done])
        #expect(try queue.record(job).eligible == queue.now)
        #expect(try queue.claim(job) != nil)
    }

    @Test func `an administrator's hold is told as such`() throws {
        let job = try queue.submit()
        try queue.hold("\(job)", by: 0)
        #expect(try queue.record(job).reason == .jobHeldAdmin)
    }

    @Test func `what runs or is over is not held`() throws {
        let job = try queue.submit()
        let attempt = try queue.start(job)
        #expect(try queue.hold("\(job)") == [.refused(found: .running)])
        try queue.end(attempt)
        #expect(try queue.hold("\(job)") == [.refused(found: .completed)])
        #expect(try queue.release("\(job)") == [.refused(found: .completed)])
    }

    @Test func `tasks of an array are held apart, and the array waits for them`() throws {
        let array = try queue.submit(array: "1-6")
        try queue.hold("\(array)_[2-3,6]")
        try queue.hold("\(array)_3")
        for index in [1, 4, 5] {
            let claimed = try #require(try queue.claim(array))
            #expect(claimed.taskIndex == index)
            try queue.end(claimed.attempt)
        }
        #expect(try queue.claim(array) == nil && queue.store.end(of: array) == nil)
        try queue.release("\(array)_3")
        var free: [JobID] = []
        try queue.store.forEachWaitingJob { if $0.isFree { free.append($0.id) } }
        #expect(free.count == 1)
        #expect(try #require(try queue.claim(free[0])).taskIndex == 3)
        try queue.release("\(array)")
        var rest: [Int] = []
        try queue.store.forEachWaitingJob { rest.append($0.count) }
        #expect(rest == [2])
    }

    @Test func `to release a job does not start it before its time`() throws {
        let first = try queue.submit()
        let job = try queue.submit(after: "after:\(first)+10") { $0.isHeld = true }
        try queue.start(first)
        let begin = Timestamp(microseconds: queue.now.microseconds + 600_000_000)
        #expect(try queue.store.waitingJob(job)?.begin == begin)
        try queue.release("\(job)")
        #expect(try queue.store.waitingJob(job)?.begin == begin)
    }

    @Test func `to release a job does not spare it what it waits for`() throws {
        let first = try queue.submit()
        let job = try queue.submit(after: "afterok:\(first)") { $0.isHeld = true }
        try queue.release("\(job)")
        #expect(try queue.isFree(job) == false)
        #expect(try queue.record(job).reason == .dependency)
        try queue.hold("\(job)")
        try queue.run(first, exitCode: 1)
        #expect(try queue.record(job).reason == .jobHeldUser)
        try queue.release("\(job)")
        #expect(try queue.record(job).reason == .dependencyNeverSatisfied)
    }

    // MARK: Requeue and signal

    @Test func `what is over runs again, and nothing of its end is left`() throws {
        let job = try queue.submit()
        try queue.run(job, exitCode: 4)
        #expect(try queue.requeue("\(job)") == [.done])
        let record = try queue.record(job)
        #expect(record.state == .pending && record.exitCode == nil && record.ended == nil)
        #expect(record.restarts == 1 && record.attempts == 1)
        #expect(try queue.start(job).number == 2)
    }

    @Test func `a cancelled job that is requeued can be put back`() throws {
        let job = try queue.submit()
        try queue.cancel("\(job)")
        try queue.requeue("\(job)")
        #expect(try queue.putBack(queue.start(job))?.state == .pending)
        #expect(try queue.record(job).restarts == 0)
    }

    @Test func `an array is open again while a task of it is`() throws {
        let array = try queue.submit(array: "1-2")
        let first = try queue.start(array)
        try queue.end(first, exitCode: 1)
        try queue.run(array)
        #expect(try queue.store.end(of: array)?.state == .failed)
        #expect(try queue.requeue("\(array)_1") == [.done])
        #expect(try queue.store.end(of: array) == nil)
        try queue.run(first.job)
        #expect(try queue.store.end(of: array)?.state == .completed)
    }

    @Test func `what waits cannot be requeued, what runs is left to schedd`() throws {
        let job = try queue.submit()
        #expect(try queue.requeue("\(job)") == [.refused(found: .pending)])
        try queue.start(job)
        #expect(try queue.requeue("\(job)") == [.requested])
        #expect(try queue.record(job).state == .running)
        #expect(try queue.journal().last == "requeue \(job)")
    }

    @Test func `an array that was cancelled before any start waits again`() throws {
        let array = try queue.submit(array: "1-3")
        try queue.cancel("\(array)")
        #expect(try queue.requeue("\(array)") == [.done])
        let record = try queue.record(array)
        #expect(record.state == .pending && record.waiting?.description == "1-3")
        #expect(record.ended == nil && record.cancelledBy == nil && record.restarts == 0)
        for _ in 1...3 { try queue.run(array) }
        #expect(try queue.store.end(of: array)?.state == .completed)
    }

    /// What has no row of its own, such as `1_[3-7] PENDING`.
    private func sets(_ array: JobID) throws -> [String] {
        try queue.records("\(array)").filter(\.isSet).map {
            "\($0.waiting.map(String.init(describing:)) ?? "") \($0.state.rawValue)"
        }.sorted()
    }

    @Test func `some of the tasks that were cancelled together wait again`() throws {
        let array = try queue.submit(array: "1-9")
        try queue.cancel("\(array)")
        #expect(try queue.requeue("\(array)_[3-7]") == [.done])
        #expect(try sets(array) == ["1-2,8-9 CANCELLED", "3-7 PENDING"])
        #expect(try queue.requeue("\(array)_[1,9]") == [.done])
        #expect(try sets(array) == ["1,9 PENDING", "2,8 CANCELLED", "3-7 PENDING"])
        #expect(try queue.requeue("\(array)_8") == [.done])
        #expect(try queue.record("\(array)_8").state == .pending)
        #expect(try queue.record("\(array)_2").state == .cancelled)
        #expect(try queue.store.end(of: array) == nil)
    }

    @Test func `tasks that were cancelled behind others wait again with them`() throws {
        let array = try queue.submit(array: "1-5")
        try queue.run(array, exitCode: 2)
        try queue.cancel("\(array)")
        #expect(try queue.store.end(of: array)?.state == .failed)
        #expect(try queue.requeue("\(array)") == [.done, .done])
        #expect(try queue.store.end(of: array) == nil)
        #expect(try queue.journal().suffix(2).allSatisfy { $0.hasPrefix("requeue ") })
        #expect(try sets(array) == ["2-5 PENDING"])
        #expect(try queue.record("\(array)_1").state == .pending)
    }

    @Test func `a signal goes to what runs alone`() throws {
        let array = try queue.submit(array: "1-3")
        let task = try queue.start(array).job
        let reference = JobReference(id: array)
        let results = try queue.store.signal(reference, 10, by: 7, at: queue.now)
        #expect(results.count == 2)
        #expect(results.contains(.requested) && results.contains(.refused(found: .pending)))
        #expect(try queue.journal().last == "signal \(task) 10")
    }
}
