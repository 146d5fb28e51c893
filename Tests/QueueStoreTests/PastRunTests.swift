import JobModel
import Testing

@testable import QueueStore

/// What the queue remembers of runs, for predictions.
struct PastRunTests {
    let queue: TestQueue

    init() throws {
        queue = try TestQueue()
    }

    /// Runs a job of a name for so many seconds.
    private func run(
        _ name: ByteString,
        _ seconds: Int64,
        _ cause: Outcome.Cause = .exited,
        exitCode: Int = 0
    ) throws {
        let attempt = try queue.start(queue.submit { $0.name = name })
        queue.now.microseconds += seconds * 1_000_000
        try queue.end(attempt, cause, exitCode: exitCode)
    }

    @Test func `runs that came to an end of their own are told in the order of their ends`() throws
    {
        try run("a", 10)
        try run("b", 20, exitCode: 3)
        try run("c", 30, .cancelled)
        try run("d", 40, .timeLimit)
        try run("e", 50, .lost)
        try queue.cancel("\(try queue.submit { $0.name = "f" })")
        let runs = try queue.store.pastRuns(limit: 10)
        #expect(
            runs == [
                PastRun(uid: 7, name: "a", seconds: 10, hasFailed: false),
                PastRun(uid: 7, name: "b", seconds: 20, hasFailed: true),
                PastRun(uid: 7, name: "d", seconds: 40, hasFailed: false),
            ]
        )
        #expect(try queue.store.pastRuns(limit: 1) == [runs[2]])
    }

    @Test func `the time in which a job stood still does not count, and each task does`() throws {
        let attempt = try queue.start(queue.submit())
        queue.now.microseconds += 5_000_000
        #expect(try queue.store.write { try queue.store.suspend(attempt, at: queue.now) })
        queue.now.microseconds += 60_000_000
        let allocation = Allocation(cpus: CPUSet([1]))
        let isResumed = try queue.store.write {
            try queue.store.resume(
                attempt,
                allocation,
                mask: CPUSet([1]),
                by: 0,
                at: queue.now
            )
        }
        #expect(isResumed)
        queue.now.microseconds += 2_000_000
        try queue.end(attempt)
        let array = try queue.submit(array: "1-2")
        for seconds in [3, 4] as [Int64] {
            let task = try queue.start(array)
            queue.now.microseconds += seconds * 1_000_000
            try queue.end(task)
        }
        #expect(try queue.store.pastRuns(limit: 10).map(\.seconds) == [7, 3, 4])
    }

    @Test func `the starts that were promised are told again, and no others`() throws {
        let id = try queue.submit()
        let other = try queue.submit()
        let notes = [
            PlanNote(job: id, start: queue.now, reason: .resources),
            PlanNote(job: other, start: nil, reason: .priority),
        ]
        try queue.store.write {
            try queue.store.leave(notes, promisedBy: "sjf")
        }
        #expect(try queue.store.promisedStarts(by: "sjf") == [id: queue.now])
        #expect(try queue.store.promisedStarts(by: "fifo").isEmpty)
        try queue.store.write { try queue.store.leave(notes) }
        #expect(try queue.store.promisedStarts(by: "sjf").isEmpty)
    }
}
