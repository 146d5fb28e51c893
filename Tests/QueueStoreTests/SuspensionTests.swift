import JobModel
import Testing

@testable import QueueStore

/// What stands still for another job.
struct SuspensionTests {
    let queue: TestQueue
    private let allocation = Allocation(cpus: CPUSet([1]))

    init() throws {
        queue = try TestQueue()
    }

    private func suspend(_ attempt: AttemptID) throws -> Bool {
        try queue.store.write { try queue.store.suspend(attempt, at: queue.now) }
    }

    private func resume(_ attempt: AttemptID) throws -> Bool {
        try queue.store.write {
            try queue.store.resume(
                attempt,
                allocation,
                mask: CPUSet([1, 2]),
                by: 0,
                at: queue.now
            )
        }
    }

    @Test func `a suspended job holds no CPU, and its time stands still`() throws {
        let attempt = try queue.start(queue.submit())
        queue.now.microseconds += 5_000_000
        #expect(try suspend(attempt))
        queue.now.microseconds += 60_000_000
        let stopped = try queue.record(attempt.job)
        #expect(stopped.state == .suspended && stopped.allocation?.cpus.isEmpty == true)
        #expect(stopped.elapsedMicroseconds(at: queue.now) == 5_000_000)
        #expect(try resume(attempt))
        queue.now.microseconds += 2_000_000
        let running = try queue.record(attempt.job)
        #expect(running.state == .running && running.allocation == allocation)
        #expect(running.elapsedMicroseconds(at: queue.now) == 7_000_000)
        #expect(try queue.end(attempt)?.state == .completed)
        #expect(try queue.record(attempt.job).elapsedMicroseconds(at: queue.now) == 7_000_000)
    }

    @Test func `each is done once, and to that attempt alone`() throws {
        let attempt = try queue.start(queue.submit())
        #expect(try !resume(attempt))
        #expect(try !suspend(AttemptID(job: attempt.job, number: 2)))
        #expect(try suspend(attempt))
        #expect(try !suspend(attempt))
        #expect(try queue.store.runningJobs().map(\.attempt) == [attempt])
        #expect(try queue.store.runningJobs()[0].stopped == queue.now)
        #expect(try resume(attempt))
        #expect(try !resume(attempt))
        let last = try #require(try queue.store.journal(after: 0).last)
        #expect(last.verb == .resume && last.argument == "1-2")
    }

    @Test func `a suspended job is cancelled and requeued as a running one is`() throws {
        let attempt = try queue.start(queue.submit())
        #expect(try suspend(attempt))
        #expect(try queue.requeue("\(attempt.job)") == [.requested])
        #expect(try queue.cancel("\(attempt.job)") == [.requested])
        #expect(try queue.hold("\(attempt.job)") == [.refused(found: .suspended)])
        queue.now.microseconds += 1_000_000
        #expect(try queue.end(attempt, .cancelled)?.state == .cancelled)
        #expect(try queue.record(attempt.job).elapsedMicroseconds(at: queue.now) == 0)
    }
}
