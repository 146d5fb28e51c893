import Foundation
import JobModel
import SQLite
import Testing

@testable import QueueStore

/// A queue in a folder of its own, removed with it; its clock stands still unless it is told.
final class TestQueue {
    let store: QueueStore
    let path: String
    var now = Timestamp(microseconds: 1_000_000)

    init() throws {
        path = NSTemporaryDirectory() + "sluice-store-\(UUID().uuidString)"
        store = try QueueStore(folder: StateFolder(path: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A job with the least that it needs.
    static let plain = JobDescription(
        name: "test",
        uid: 7,
        gid: 8,
        payload: .command(path: "/bin/true", arguments: ["true"]),
        environment: ["A=1"],
        workDirectory: "/",
        umask: 0o022,
        limits: []
    )

    @discardableResult
    func submit(
        array: String? = nil,
        after dependency: String? = nil,
        _ change: (inout JobDescription) -> Void = { _ in }
    ) throws -> JobID {
        var job = Self.plain
        if let array {
            let specification = try ArraySpecification(parsing: ByteString(array))
            job.array = specification.indices
            job.arrayThrottle = specification.throttle
        }
        if let dependency { job.dependency = try Dependency(parsing: ByteString(dependency)) }
        change(&job)
        return try store.submit(job, at: now)
    }

    func claim(_ job: JobID, _ allocation: String = "cpu=0") throws -> Claimed? {
        let allocation = try Allocation(parsing: ByteString(allocation))
        return try store.write { try store.claim(job, allocation, boot: "boot", at: now) }
    }

    /// Claims what must be to be had.
    @discardableResult
    func start(_ job: JobID) throws -> AttemptID {
        try #require(try claim(job)).attempt
    }

    @discardableResult
    func end(
        _ attempt: AttemptID,
        _ cause: Outcome.Cause = .exited,
        exitCode: Int = 0,
        signal: Int = 0
    ) throws -> Ended? {
        let outcome = Outcome(cause: cause, exitCode: exitCode, signal: signal, endedAt: now)
        return try store.write { try store.end(attempt, outcome, at: now) }
    }

    /// Runs a job, or an array's next task, to its end.
    @discardableResult
    func run(_ job: JobID, exitCode: Int = 0) throws -> Ended? {
        try end(start(job), exitCode: exitCode)
    }

    @discardableResult
    func putBack(
        _ attempt: AttemptID,
        _ cause: Outcome.Cause = .neverStarted,
        begin: Timestamp? = nil,
        isHeld: Bool = false,
        countsAsRestart: Bool = false
    ) throws -> Ended? {
        try store.write {
            try store.putBack(
                attempt,
                Outcome(cause: cause, endedAt: now),
                begin: begin,
                isHeld: isHeld,
                countsAsRestart: countsAsRestart,
                at: now
            )
        }
    }

    /// The user of ``plain``.
    static let owner: UInt32 = 7

    @discardableResult
    func cancel(_ reference: String) throws -> [ChangeResult] {
        try store.cancel(JobReference(parsing: ByteString(reference)), by: Self.owner, at: now)
    }

    @discardableResult
    func hold(_ reference: String, by uid: UInt32 = owner) throws -> [ChangeResult] {
        try store.hold(JobReference(parsing: ByteString(reference)), by: uid, at: now)
    }

    @discardableResult
    func release(_ reference: String) throws -> [ChangeResult] {
        try store.release(JobReference(parsing: ByteString(reference)), by: Self.owner, at: now)
    }

    @discardableResult
    func requeue(_ reference: String) throws -> [ChangeResult] {
        try store.requeue(JobReference(parsing: ByteString(reference)), by: Self.owner, at: now)
    }

    /// The rows that a reference stands for.
    func records(_ reference: String) throws -> [JobRecord] {
        var records: [JobRecord] = []
        var filter = JobFilter(.jobs([try JobReference(parsing: ByteString(reference))]))
        filter.wantsDetails = true
        try store.forEachJob(filter) { records.append($0) }
        return records
    }

    /// The only row that a reference stands for.
    func record(_ reference: String) throws -> JobRecord {
        let records = try records(reference)
        try #require(records.count == 1, "\(reference) is \(records.count) rows")
        return records[0]
    }

    func record(_ job: JobID) throws -> JobRecord { try record("\(job)") }

    /// Whether nothing but resources keeps a row from starting; nil where it does not wait.
    func isFree(_ job: JobID) throws -> Bool? { try store.waitingJob(job)?.isFree }

    func count(_ sql: StaticString) throws -> Int64 {
        try store.db.first(sql) { $0.integer(0) } ?? 0
    }

    /// What the journal says, such as `hold 3`.
    func journal() throws -> [String] {
        try store.journal(after: 0).map {
            "\($0.verb.rawValue) \($0.job)" + ($0.argument.map { " \($0)" } ?? "")
        }
    }
}
