import JobModel
import Testing

@testable import QueueStore

struct ListingTests {
    let queue: TestQueue

    init() throws { queue = try TestQueue() }

    private func list(_ filter: JobFilter) throws -> [JobRecord] {
        var records: [JobRecord] = []
        try queue.store.forEachJob(filter) { records.append($0) }
        return records
    }

    private func ids(_ filter: JobFilter) throws -> [Int64] { try list(filter).map(\.id.rawValue) }

    /// 1 ended at 2 s, 2 ended at 3 s, 3 runs, 4 waits, 5 waits with a higher priority.
    private func fill() throws {
        for number in 1...5 {
            try queue.submit {
                $0.name = ByteString("job\(number)")
                $0.uid = UInt32(number % 2)
                $0.priority = number == 5 ? 200_000 : nil
            }
        }
        for (job, code) in [(1, 0), (2, 1)] {
            queue.now.microseconds += 1_000_000
            try queue.run(JobID(rawValue: Int64(job)), exitCode: code)
        }
        try queue.start(JobID(rawValue: 3))
    }

    @Test func `what waits comes first by priority, then what runs, then ends in their order`()
        throws
    {
        try fill()
        #expect(try ids(JobFilter(.open)) == [5, 4, 3])
        #expect(try ids(JobFilter(.ended(since: Timestamp(microseconds: 0)))) == [1, 2])
        #expect(try ids(JobFilter(.ended(since: Timestamp(microseconds: 3_000_000)))) == [2])
        #expect(try ids(JobFilter(.all(since: Timestamp(microseconds: 0)))) == [5, 4, 3, 1, 2])
        #expect(
            try ids(JobFilter(.jobs([4, 1, 4].map { JobReference(id: .init(rawValue: $0)) }))) == [
                4, 1, 4,
            ]
        )
    }

    @Test func `conditions hold together`() throws {
        try fill()
        var filter = JobFilter(.all(since: Timestamp(microseconds: 0)))
        filter.uids = [1]
        #expect(try ids(filter) == [5, 3, 1])
        filter.states = JobStateFilter([.pending, .completed])
        #expect(try ids(filter) == [5, 1])
        filter.names = ["job1", "job3"]
        #expect(try ids(filter) == [1])
        filter.states = JobStateFilter([])
        #expect(try ids(filter) == [])
    }

    @Test func `what has never been is given back, what does not fit is not`() throws {
        try fill()
        let array = try queue.submit(array: "1-3")
        let known = [
            JobReference(id: JobID(rawValue: 1)), JobReference(id: array, tasks: .init(2)),
        ]
        let unknown = [
            JobReference(id: JobID(rawValue: 99)), JobReference(id: array, tasks: .init(9)),
            JobReference(id: JobID(rawValue: 1), tasks: .init(1)),
        ]
        var filter = JobFilter(.jobs(known + unknown))
        filter.states = JobStateFilter([.running])
        #expect(try queue.store.forEachJob(filter) { _ in } == unknown)
    }

    @Test func `an array is a line of what waits, and one for each task that has started`() throws {
        let array = try queue.submit(array: "1-9%4")
        let first = try queue.start(array)
        try queue.end(try queue.start(array))
        try queue.hold("\(array)_5")
        let records = try list(JobFilter(.jobs([JobReference(id: array)])))
        #expect(records.compactMap(\.taskIndex) == [1, 2, 5])
        let set = try #require(records.last)
        #expect(set.isSet && set.id == array && set.waiting?.description == "3-4,6-9")
        #expect(set.throttle == 4 && set.state == .pending)
        // Of a part of it, that part alone.
        let part = try JobReference(parsing: ByteString("\(array)_[1,4-6]"))
        let parts = try list(JobFilter(.jobs([part])))
        #expect(parts.map { $0.taskIndex ?? 0 } == [1, 5, 0])
        #expect(parts.last?.waiting?.description == "4,6")
        #expect(parts.first?.id == first.job)
    }

    @Test func `an array's own row is not shown when all of its tasks have rows of theirs`() throws
    {
        let array = try queue.submit(array: "1-2")
        try queue.start(array)
        let last = try queue.start(array)
        #expect(try list(JobFilter(.open)).compactMap(\.taskIndex) == [1, 2])
        try queue.end(last)
        #expect(try list(JobFilter(.ended(since: queue.now))).map(\.id) == [last.job])
    }

    @Test func `what schedd expects of a waiting job is shown, until it is told anew`() throws {
        try fill()
        let start = Timestamp(microseconds: 77)
        let notes = [
            PlanNote(job: JobID(rawValue: 5), start: start, reason: .resources),
            PlanNote(job: JobID(rawValue: 3), start: nil, reason: .priority),
        ]
        try queue.store.write { try queue.store.leave(notes) }
        let shown = try list(JobFilter(.open))
        #expect(shown.map(\.reason) == [.resources, .priority, .none])
        #expect(shown.map(\.expectedStart) == [start, nil, nil])
        try queue.store.write { try queue.store.leave([]) }
        #expect(try list(JobFilter(.open)).allSatisfy { $0.expectedStart == nil })
    }

    @Test func `a reason that is stored counts more than what schedd expects`() throws {
        let job = try queue.submit { $0.isHeld = true }
        let note = PlanNote(job: job, start: nil, reason: .resources)
        try queue.store.write { try queue.store.leave([note]) }
        #expect(try queue.record(job).reason == .jobHeldUser)
    }

    @Test func `a user has a name once schedd has told it`() throws {
        let job = try queue.submit { $0.uid = 54_321 }
        #expect(try queue.record(job).user == "54321")
        try queue.store.write { try queue.store.leave(userName: "anna", of: 54_321) }
        #expect(try queue.record(job).user == "anna")
        #expect(try queue.store.uid(ofUser: "anna") == 54_321)
        #expect(try queue.store.uid(ofUser: "nobody here") == nil)
    }

    @Test func `a listing is one view, whatever is written meanwhile`() throws {
        try fill()
        let other = try QueueStore(folder: queue.store.folder)
        var seen: [Int64] = []
        try queue.store.forEachJob(JobFilter(.open)) { record in
            if seen.isEmpty { _ = try other.submit(TestQueue.plain, at: queue.now) }
            seen.append(record.id.rawValue)
        }
        #expect(seen == [5, 4, 3])
    }
}
