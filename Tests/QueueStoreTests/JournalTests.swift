import JobModel
import Testing

@testable import QueueStore

struct JournalTests {
    let queue: TestQueue

    init() throws { queue = try TestQueue() }

    @Test func `everything that a tool does stands in it, in order, with who and what`() throws {
        let job = try queue.submit()
        try queue.hold("\(job)")
        try queue.release("\(job)")
        let attempt = try queue.start(job)
        let reference = JobReference(id: job)
        _ = try queue.store.signal(reference, 12, by: 5, at: queue.now)
        _ = try queue.store.cancel(reference, by: 6, at: queue.now)
        try queue.end(attempt, .cancelled)
        try queue.requeue("\(job)")
        #expect(
            try queue.journal() == [
                "submit 1", "hold 1", "release 1", "signal 1 12", "cancel 1", "requeue 1",
            ]
        )
        #expect(try queue.store.journal(after: 0).map(\.uid) == [7, 7, 7, 5, 6, 7])
    }

    @Test func `what is refused leaves no trace in it`() throws {
        let job = try queue.submit()
        #expect(throws: QueueError.self) { try queue.submit(after: "afterok:99") }
        #expect(throws: QueueError.self) { try queue.hold("\(job)_1") }
        #expect(throws: QueueError.self) { try queue.cancel("99") }
        try queue.requeue("\(job)")
        #expect(try queue.journal() == ["submit 1"])
    }

    @Test func `it is read on from a place, so much at a time`() throws {
        for _ in 0..<5 { try queue.submit() }
        let first = try queue.store.journal(after: 0, limit: 3)
        #expect(first.map(\.job.rawValue) == [1, 2, 3])
        let rest = try queue.store.journal(after: first[2].sequence, limit: 3)
        #expect(rest.map(\.job.rawValue) == [4, 5])
        #expect(try queue.store.journal(after: rest[1].sequence).isEmpty)
    }

    @Test func `the place that was carried out is kept`() throws {
        #expect(try queue.store.appliedSequence() == 0)
        try queue.store.write { try queue.store.setAppliedSequence(17) }
        let other = try QueueStore(folder: queue.store.folder)
        #expect(try other.appliedSequence() == 17)
    }

    @Test func `a part that was split off and the rest are told, each by its own number`() throws {
        let array = try queue.submit(array: "1-9")
        try queue.hold("\(array)_[2-3]")
        let part = try #require(try queue.records("\(array)_2").first).id
        #expect(try queue.journal().suffix(2) == ["hold \(part)", "hold \(array)"])
    }
}
