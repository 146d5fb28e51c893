import Foundation
import JobModel
import QueueStore
import Supervision
import Testing

@testable import Daemon

/// Which attempt an order reaches that was given in the instant in which one ended.
final class AttemptOrderTests {
    private let store: QueueStore
    private let path: String
    private var now = Timestamp(microseconds: 1_000_000)

    init() throws {
        path = NSTemporaryDirectory() + "sluice-orders-\(UUID().uuidString)"
        store = try QueueStore(folder: StateFolder(path: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func submit() throws -> JobID {
        let job = JobDescription(
            name: "test",
            uid: 7,
            gid: 8,
            payload: .command(path: "/bin/true", arguments: ["true"]),
            environment: [],
            workDirectory: "/",
            umask: 0o022,
            limits: []
        )
        return try store.submit(job, at: now)
    }

    private func start(_ job: JobID) throws -> AttemptID {
        now.microseconds += 1_000_000
        let allocation = Allocation(cpus: CPUSet([0]))
        let claimed = try store.write {
            try store.claim(job, allocation, boot: "boot", at: now)
        }
        return try #require(claimed).attempt
    }

    /// Ends an attempt whose job runs again, and starts the next one, in one commit as `schedd`.
    private func replace(_ attempt: AttemptID) throws -> AttemptID {
        now.microseconds += 1_000_000
        let allocation = Allocation(cpus: CPUSet([0]))
        let claimed = try store.write {
            _ = try store.putBack(
                attempt,
                Outcome(cause: .requeued, endedAt: now),
                begin: nil,
                isHeld: false,
                countsAsRestart: true,
                at: now
            )
            return try store.claim(attempt.job, allocation, boot: "boot", at: now)
        }
        return try #require(claimed).attempt
    }

    private func watching(_ attempt: AttemptID) -> Attempts {
        var attempts = Attempts()
        attempts.watch(
            Attempts.Watched(
                attempt: attempt,
                supervised: nil,
                boot: BootIdentity(text: "boot"),
                allowsRequeue: true
            )
        )
        return attempts
    }

    /// The orders that an attempt has from the journal, such as `signal 10`.
    private func orders(to attempt: AttemptID) throws -> [String] {
        let attempts = watching(attempt)
        return try store.journal(after: 0).filter {
            $0.verb != .submit && attempts.isMeant(by: $0)
        }.map { "\($0.verb.rawValue) \($0.argument ?? "")" }
    }

    @Test func `an order is for the attempt that ran when it was given`() throws {
        let first = try start(submit())
        let job = JobReference(id: first.job)
        // schedd has read the journal, and is about to commit the end of the first attempt.
        _ = try store.signal(job, 10, by: 7, at: now)
        _ = try store.requeue(job, by: 7, at: now)
        let second = try replace(first)
        #expect(second.number == 2)
        #expect(try orders(to: first) == ["signal 10", "requeue "])
        #expect(try orders(to: second).isEmpty)
        _ = try store.signal(job, 12, by: 7, at: now)
        _ = try store.cancel(job, by: 7, at: now)
        #expect(try orders(to: second) == ["signal 12", "cancel "])
    }

    @Test func `what was done to a job that did not run is no order to what runs later`() throws {
        let waiting = try submit()
        _ = try store.cancel(JobReference(id: waiting), by: 7, at: now)
        _ = try store.requeue(JobReference(id: waiting), by: 7, at: now)
        #expect(try orders(to: start(waiting)).isEmpty)
    }

    @Test func `schedd's own orders are for one attempt, too`() throws {
        let first = try start(submit())
        try store.write {
            _ = try store.askToSuspend(first, by: 0, at: now)
            #expect(try store.suspend(first, at: now))
            let isBack = try store.resume(
                first,
                Allocation(cpus: CPUSet([1])),
                mask: CPUSet([1, 2]),
                by: 0,
                at: now
            )
            #expect(isBack)
            try store.askToRequeue(first, by: 0, at: now)
        }
        let second = try replace(first)
        #expect(try orders(to: first) == ["suspend ", "resume 1-2", "requeue "])
        #expect(try orders(to: second).isEmpty)
    }

    @Test func `another job's attempt has no part in it`() throws {
        let (one, other) = (try start(submit()), try start(submit()))
        _ = try store.signal(JobReference(id: one.job), 10, by: 7, at: now)
        #expect(try orders(to: other).isEmpty)
    }
}
