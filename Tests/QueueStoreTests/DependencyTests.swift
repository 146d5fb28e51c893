import JobModel
import SQLite
import Testing

@testable import QueueStore

struct DependencyTests {
    let queue: TestQueue

    init() throws { queue = try TestQueue() }

    /// What becomes of a job that waits.
    enum Fate { case waits, free, hopeless }

    private func fate(_ job: JobID) throws -> Fate {
        if try queue.isFree(job) == true { return .free }
        return try queue.record(job).reason == .dependencyNeverSatisfied ? .hopeless : .waits
    }

    /// For each kind: before the start, while it runs, after a good end, after a bad one.
    private static let kinds: [(String, [Fate])] = [
        ("after", [.waits, .free, .free, .free]),
        ("afterany", [.waits, .waits, .free, .free]),
        ("afterok", [.waits, .waits, .free, .hopeless]),
        ("afternotok", [.waits, .waits, .hopeless, .free]),
        ("aftercorr", [.waits, .waits, .free, .hopeless]),
        ("afterburstbuffer", [.waits, .waits, .free, .free]),
    ]

    @Test(arguments: kinds)
    func `each kind waits for its own event`(_ kind: String, _ fates: [Fate]) throws {
        for isGood in [true, false] {
            let first = try queue.submit()
            let second = try queue.submit(after: "\(kind):\(first)")
            #expect(try fate(second) == fates[0])
            let claimed = try #require(try queue.claim(first))
            #expect(claimed.changed == (fates[1] == .waits ? [] : [second]))
            #expect(try fate(second) == fates[1])
            let ended = try queue.end(claimed.attempt, exitCode: isGood ? 0 : 1)
            #expect(ended?.changed == (fates[1] == .waits ? [second] : []))
            #expect(try fate(second) == (isGood ? fates[2] : fates[3]))
        }
    }

    @Test(arguments: kinds)
    func `what has happened before the submission counts`(_ kind: String, _ fates: [Fate]) throws {
        for (exitCode, fate) in zip([0, 1], fates[2...]) {
            let first = try queue.submit()
            try queue.run(first, exitCode: exitCode)
            #expect(try self.fate(queue.submit(after: "\(kind):\(first)")) == fate)
        }
    }

    @Test(arguments: kinds)
    func `an array counts as a whole`(_ kind: String, _ fates: [Fate]) throws {
        for isGood in [true, false] {
            let array = try queue.submit(array: "1-2")
            let second = try queue.submit(after: "\(kind):\(array)")
            try queue.run(array, exitCode: isGood ? 0 : 1)
            #expect(try fate(second) == .waits)
            let last = try queue.start(array)
            #expect(try fate(second) == fates[1])
            try queue.end(last)
            #expect(try fate(second) == (isGood ? fates[2] : fates[3]))
        }
    }

    @Test(arguments: kinds)
    func `a task may be waited for by index or by its own number`(_ kind: String, _ fates: [Fate])
        throws
    {
        for isGood in [true, false] {
            let array = try queue.submit(array: "1-3")
            let byIndex = try queue.submit(after: "\(kind):\(array)_2")
            try queue.start(array)
            #expect(try fate(byIndex) == .waits)
            let task = try queue.start(array)
            let byNumber = try queue.submit(after: "\(kind):\(task.job)")
            for job in [byIndex, byNumber] { #expect(try fate(job) == fates[1]) }
            try queue.end(task, exitCode: isGood ? 0 : 1)
            for job in [byIndex, byNumber] {
                #expect(try fate(job) == (isGood ? fates[2] : fates[3]), "\(kind)")
            }
        }
    }

    @Test(arguments: kinds)
    func `a cancelled job counts as one that failed`(_ kind: String, _ fates: [Fate]) throws {
        let first = try queue.submit()
        let second = try queue.submit(after: "\(kind):\(first)")
        try queue.cancel("\(first)")
        #expect(try fate(second) == fates[3])
        #expect(try queue.journal().last == "release \(second)")
    }

    @Test(arguments: kinds)
    func `tasks that are cancelled together count as tasks that failed`(
        _ kind: String,
        _ fates: [Fate]
    ) throws {
        let array = try queue.submit(array: "1-9")
        let before = try queue.submit(after: "\(kind):\(array)_3")
        let outside = try queue.submit(after: "\(kind):\(array)_5")
        try queue.cancel("\(array)_[2-4]")
        #expect(try fate(before) == fates[3])
        #expect(try fate(outside) == .waits)
        #expect(try fate(queue.submit(after: "\(kind):\(array)_4")) == fates[3])
        try queue.cancel("\(array)")
        #expect(try fate(outside) == fates[3])
    }

    @Test(arguments: kinds)
    func `the tasks of an array that was cancelled whole count as failed`(
        _ kind: String,
        _ fates: [Fate]
    ) throws {
        let array = try queue.submit(array: "1-9")
        let before = try queue.submit(after: "\(kind):\(array)_3")
        try queue.cancel("\(array)")
        #expect(try fate(before) == fates[3])
        #expect(try fate(queue.submit(after: "\(kind):\(array)_3")) == fates[3])
    }

    @Test func `a job waits for all of several, or for any`() throws {
        let jobs = try (0..<2).map { _ in try queue.submit() }
        let all = try queue.submit(after: "afterok:\(jobs[0]):\(jobs[1])")
        let any = try queue.submit(after: "afterok:\(jobs[0])?afterok:\(jobs[1])")
        try queue.run(jobs[0], exitCode: 1)
        #expect(try fate(all) == .hopeless)
        #expect(try fate(any) == .waits)
        try queue.run(jobs[1])
        #expect(try fate(all) == .hopeless)
        #expect(try fate(any) == .free)
        #expect(try queue.record(any).details?.dependency == nil)
    }

    @Test func `any of several is hopeless when all are`() throws {
        let jobs = try (0..<2).map { _ in try queue.submit() }
        let any = try queue.submit(after: "afterok:\(jobs[0])?afterok:\(jobs[1])")
        try queue.run(jobs[0], exitCode: 1)
        try queue.run(jobs[1], exitCode: 1)
        #expect(try fate(any) == .hopeless)
    }

    @Test func `one of two conditions on the same job is enough where any is`() throws {
        let first = try queue.submit()
        let job = try queue.submit(after: "afterany:\(first)?afterok:\(first)")
        try queue.run(first, exitCode: 1)
        #expect(try fate(job) == .free && queue.record(job).reason == .none)
    }

    @Test func `the same condition twice is one`() throws {
        let first = try queue.submit()
        let job = try queue.submit(after: "afterok:\(first):\(first),afterok:\(first)")
        #expect(try fate(job) == .waits)
        try queue.run(first)
        #expect(try fate(job) == .free)
    }

    @Test func `what a job still waits for is told`() throws {
        let jobs = try (0..<3).map { _ in try queue.submit() }
        let array = try queue.submit(array: "1-3")
        let job = try queue.submit(
            after: "afterok:\(jobs[0]):\(jobs[1]),after:\(jobs[2])+5,afterany:\(array)_2"
        )
        try queue.run(jobs[0])
        try queue.run(jobs[1], exitCode: 1)
        let text = try #require(try queue.record(job).details?.dependency)
        #expect(
            text == "afterok:\(jobs[1])(failed),after:\(jobs[2])+5(unfulfilled),"
                + "afterany:\(array)_2(unfulfilled)"
        )
    }

    @Test func `minutes count from the other's start`() throws {
        let first = try queue.submit()
        let before = try queue.submit(after: "after:\(first)+2")
        queue.now.microseconds += 1_000_000
        let begin = Timestamp(microseconds: queue.now.microseconds + 120_000_000)
        try queue.start(first)
        queue.now.microseconds += 1_000_000
        let later = try queue.submit(after: "after:\(first)+2")
        for job in [before, later] {
            #expect(try queue.store.waitingJob(job)?.begin == begin)
            #expect(try queue.isFree(job) == true)
        }
    }

    @Test(arguments: ["afterok:99", "afterany:1_7", "afterok:1:99", "after:2_1", "afterok:1_[2,9]"])
    func `a job never waits for what has never been`(_ text: String) throws {
        try queue.submit(array: "1-3")
        try queue.submit()
        let before = try queue.count("SELECT count(*) FROM journal")
        #expect(throws: QueueError.self) { try queue.submit(after: text) }
        #expect(try queue.count("SELECT count(*) FROM job") == 2)
        #expect(try queue.count("SELECT count(*) FROM journal") == before)
    }

    @Test func `a waiting array lets all of its tasks go at once`() throws {
        let first = try queue.submit()
        let array = try queue.submit(array: "1-4", after: "afterok:\(first)")
        try queue.hold("\(array)_2")
        let part = try #require(try queue.records("\(array)_2").first).id
        #expect(try queue.claim(array) == nil)
        let changed = try #require(try queue.run(first)).changed
        #expect(Set(changed) == [array, part])
        #expect(try queue.store.waitingJob(array)?.isFree == true)
        #expect(try queue.isFree(part) == false)
        try queue.release("\(array)_2")
        #expect(try queue.isFree(part) == true)
    }

    @Test func `an end touches those alone that waited for it`() throws {
        let first = try queue.submit()
        let other = try queue.submit()
        let waiting = try queue.submit(after: "afterany:\(first)")
        try queue.submit(after: "afterany:\(other)")
        #expect(try queue.run(first)?.changed == [waiting])
        #expect(try queue.count("SELECT count(*) FROM dependency") == 1)
    }

    @Test func `a chain of a thousand goes link by link`() throws {
        try queue.store.db.execute("PRAGMA synchronous = OFF")
        var jobs = [try queue.submit()]
        for _ in 0..<200 { jobs.append(try queue.submit(after: "afterok:\(jobs[jobs.count - 1])")) }
        for (job, next) in zip(jobs, jobs.dropFirst()) {
            #expect(try queue.run(job)?.changed == [next])
        }
    }
}

/// Tasks that wait for the task of the same index, and jobs that wait for their namesakes.
struct CorrespondenceTests {
    let queue: TestQueue

    init() throws { queue = try TestQueue() }

    /// The tasks of an array by how they wait, such as `1: None`.
    private func reasons(_ array: JobID) throws -> [String: Reason] {
        var reasons: [String: Reason] = [:]
        for record in try queue.records("\(array)") where record.state == .pending {
            let name = record.taskIndex.map { "\($0)" } ?? record.waiting.map { "\($0)" } ?? ""
            reasons[name] = record.reason
        }
        return reasons
    }

    @Test func `a task follows the task of the same index`() throws {
        let first = try queue.submit(array: "1-4")
        let next = try queue.submit(array: "1-4", after: "aftercorr:\(first)")
        let attempts = try (0..<4).map { _ in try queue.start(first) }
        try queue.end(attempts[2])
        try queue.end(attempts[1], exitCode: 1)
        #expect(
            try reasons(next) == ["1,4": .dependency, "2": .dependencyNeverSatisfied, "3": .none]
        )
        try queue.end(attempts[0])
        try queue.end(attempts[3])
        #expect(try reasons(next)["1"] == Reason.none && reasons(next)["4"] == Reason.none)
    }

    @Test func `a task may follow a task that was over before it was submitted`() throws {
        let first = try queue.submit(array: "1-6")
        try queue.run(first)
        try queue.run(first, exitCode: 1)
        try queue.cancel("\(first)_[4-5]")
        let next = try queue.submit(array: "1-6", after: "aftercorr:\(first)")
        #expect(
            try reasons(next) == [
                "1": .none, "2": .dependencyNeverSatisfied, "3,6": .dependency,
                "4-5": .dependencyNeverSatisfied,
            ]
        )
    }

    @Test func `tasks whose counterparts are cancelled together are hopeless`() throws {
        let first = try queue.submit(array: "1-6")
        let next = try queue.submit(array: "1-6", after: "aftercorr:\(first)")
        try queue.cancel("\(first)_[2-4]")
        #expect(try reasons(next) == ["1,5-6": .dependency, "2-4": .dependencyNeverSatisfied])
        try queue.cancel("\(first)")
        #expect(Set(try reasons(next).values) == [.dependencyNeverSatisfied])
    }

    @Test func `tasks without a counterpart wait for the whole array`() throws {
        let first = try queue.submit(array: "1-2")
        let next = try queue.submit(array: "1-4", after: "aftercorr:\(first)")
        try queue.run(first)
        #expect(try reasons(next) == ["1": .none, "2-4": .dependency])
        try queue.run(first)
        #expect(try reasons(next)["3-4"] == Reason.none)
    }

    @Test func `a task may wait for its counterpart twice`() throws {
        let first = try queue.submit(array: "1-2")
        let next = try queue.submit(array: "1-2", after: "aftercorr:\(first),aftercorr:\(first)_1")
        try queue.run(first)
        #expect(try reasons(next) == ["1": .none, "2": .dependency])
        try queue.run(first)
        #expect(try reasons(next)["2"] == Reason.none)
    }

    @Test func `a task that was treated apart follows its counterpart, too`() throws {
        let first = try queue.submit(array: "1-3")
        let next = try queue.submit(array: "1-3", after: "aftercorr:\(first)")
        try queue.hold("\(next)_2")
        try queue.release("\(next)_2")
        try queue.run(first)
        try queue.run(first)
        #expect(try reasons(next) == ["1": .none, "2": .none, "3": .dependency])
    }

    @Test func `of a name one runs at a time, in the order of submission`() throws {
        let jobs = try (0..<3).map { _ in try queue.submit(after: "singleton") }
        let other = try queue.submit(after: "singleton") { $0.name = "other" }
        let stranger = try queue.submit(after: "singleton") { $0.uid = 99 }
        #expect(try queue.isFree(other) == true && queue.isFree(stranger) == true)
        for (index, job) in jobs.enumerated() {
            for waiting in jobs[(index + 1)...] { #expect(try queue.isFree(waiting) == false) }
            try queue.run(job)
        }
    }

    @Test func `a singleton waits for every earlier namesake, not only for the last`() throws {
        let first = try queue.submit()
        let second = try queue.submit()
        let job = try queue.submit(after: "singleton")
        try queue.run(second)
        #expect(try queue.isFree(job) == false)
        try queue.run(first)
        #expect(try queue.isFree(job) == true)
    }

    @Test func `a part of an array does not wait for its own array, nor for later jobs`() throws {
        let first = try queue.submit()
        let array = try queue.submit(array: "1-2", after: "singleton")
        let last = try queue.submit(after: "singleton")
        try queue.hold("\(array)_2")
        try queue.run(first)
        try queue.release("\(array)_2")
        try queue.run(array)
        let part = try #require(try queue.records("\(array)_2").first).id
        #expect(try queue.isFree(last) == false)
        try queue.run(part)
        #expect(try queue.isFree(last) == true)
    }

    @Test func `a singleton that finds no namesake is met, also as one of several`() throws {
        let first = try queue.submit { $0.name = "another" }
        #expect(try queue.isFree(queue.submit(after: "singleton?afterok:\(first)")) == true)
    }
}
