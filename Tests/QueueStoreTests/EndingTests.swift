import JobModel
import SQLite
import Testing

@testable import QueueStore

struct EndingTests {
    let queue: TestQueue

    init() throws { queue = try TestQueue() }

    @Test(
        arguments: [
            (.exited, 0, 0, .completed, .none), (.exited, 7, 0, .failed, .nonZeroExitCode),
            (.exited, 0, 9, .failed, .raisedSignal), (.cancelled, 0, 15, .cancelled, .none),
            (.timeLimit, 0, 9, .timeout, .timeLimit), (.lost, 0, 0, .nodeFail, .nodeFail),
            (.launchFailed, 0, 0, .failed, .jobLaunchFailure),
        ] as [(Outcome.Cause, Int, Int, JobState, Reason)]
    )
    func `an end tells how it came`(
        _ cause: Outcome.Cause,
        _ exitCode: Int,
        _ signal: Int,
        _ state: JobState,
        _ reason: Reason
    ) throws {
        let job = try queue.submit()
        let attempt = try queue.start(job)
        queue.now.microseconds += 3_000_000
        #expect(try queue.end(attempt, cause, exitCode: exitCode, signal: signal)?.state == state)
        let record = try queue.record(job)
        #expect(record.state == state && record.reason == reason)
        #expect(record.exitCode == exitCode && record.signal == signal)
        #expect(record.ended == queue.now)
        #expect(record.elapsedMicroseconds(at: queue.now) == 3_000_000)
        #expect(try queue.store.end(of: job)?.state == state)
        #expect(try queue.store.runningJobs().isEmpty)
    }

    @Test func `an end comes once`() throws {
        let job = try queue.submit()
        let attempt = try queue.start(job)
        #expect(try queue.end(attempt, exitCode: 3) != nil)
        #expect(try queue.end(attempt) == nil)
        #expect(try queue.putBack(attempt) == nil)
        #expect(try queue.record(job).exitCode == 3)
    }

    @Test func `what an earlier attempt says late counts for nothing`() throws {
        let job = try queue.submit()
        let first = try queue.start(job)
        try queue.putBack(first)
        let second = try queue.start(job)
        #expect(second.number == 2)
        #expect(try queue.end(first) == nil)
        #expect(try queue.putBack(first) == nil)
        #expect(try queue.record(job).state == .running)
        #expect(try queue.end(second)?.state == .completed)
    }

    @Test func `an array ends with its last task, and fails with any`() throws {
        for codes in [[0, 0, 0], [0, 5, 0]] {
            let array = try queue.submit(array: "1-3")
            let attempts = try codes.map { _ in try queue.start(array) }
            for (attempt, code) in zip(attempts, codes) {
                #expect(try queue.store.end(of: array) == nil)
                try queue.end(attempt, exitCode: code)
            }
            let isSuccess = codes == [0, 0, 0]
            #expect(try queue.store.end(of: array)?.state == (isSuccess ? .completed : .failed))
        }
    }

    @Test func `the end of an unknown job is refused`() throws {
        #expect(throws: QueueError.self) { try queue.store.end(of: JobID(rawValue: 5)) }
    }

    // MARK: Put back

    @Test func `a job put back waits and runs again under a new attempt`() throws {
        let job = try queue.submit()
        let back = try queue.putBack(queue.start(job))
        #expect(back?.state == .pending && back?.changed == [job])
        let record = try queue.record(job)
        #expect(record.state == .pending && record.restarts == 0 && record.started == nil)
        #expect(record.allocation == nil && record.attempts == 1)
        #expect(try queue.start(job).number == 2)
        #expect(try queue.count("SELECT count(*) FROM attempt") == 2)
    }

    @Test func `a job that had come to life counts its restarts`() throws {
        let job = try queue.submit()
        try queue.putBack(queue.start(job), .lost, countsAsRestart: true)
        #expect(try queue.record(job).restarts == 1)
        #expect(try #require(try queue.claim(job)).restarts == 1)
    }

    @Test func `a job that was cancelled meanwhile is not put back`() throws {
        let job = try queue.submit()
        let attempt = try queue.start(job)
        #expect(try queue.cancel("\(job)") == [.requested])
        #expect(try queue.putBack(attempt)?.state == .cancelled)
        #expect(try queue.claim(job) == nil)
        #expect(try queue.store.end(of: job)?.state == .cancelled)
    }

    @Test func `a job may be put back for later, or until it is released`() throws {
        let later = Timestamp(microseconds: queue.now.microseconds + 30_000_000)
        let job = try queue.submit()
        try queue.putBack(queue.start(job), begin: later)
        #expect(try queue.store.waitingJob(job)?.begin == later)
        #expect(try queue.isFree(job) == true)
        try queue.putBack(queue.start(job), begin: later, isHeld: true)
        #expect(try queue.isFree(job) == false)
        #expect(try queue.record(job).reason == .jobLaunchFailure)
        #expect(try queue.claim(job) == nil)
        try queue.release("\(job)")
        #expect(try queue.isFree(job) == true)
        #expect(try queue.store.waitingJob(job)?.begin == nil)
        #expect(try queue.record(job).reason == .none)
    }

    @Test func `a task put back counts as waiting`() throws {
        let array = try queue.submit(array: "1-2%1")
        let first = try queue.start(array)
        let second = try queue.start(array)
        try queue.putBack(first)
        let waiting = try #require(try queue.store.waitingJob(first.job))
        #expect(waiting.array == array && waiting.throttle == 1 && waiting.count == 1)
        try queue.end(second)
        #expect(try queue.store.end(of: array) == nil)
        try queue.run(first.job)
        #expect(try queue.store.end(of: array)?.state == .completed)
    }

    @Test func `attempts that never came to life are counted in a row`() throws {
        let job = try queue.submit()
        #expect(try queue.store.lifelessAttempts(of: job) == [])
        try queue.putBack(queue.start(job), .neverStarted)
        try queue.putBack(queue.start(job), .cutOff)
        #expect(try queue.store.lifelessAttempts(of: job) == [.cutOff, .neverStarted])
        try queue.putBack(queue.start(job), .requeued, countsAsRestart: true)
        #expect(try queue.store.lifelessAttempts(of: job) == [])
        try queue.putBack(queue.start(job), .neverStarted)
        // The one that runs does not count.
        try queue.start(job)
        #expect(try queue.store.lifelessAttempts(of: job) == [.neverStarted])
    }
}
