import Glibc
import JobModel
import Linux
import Testing

@testable import QueueStore

extension TestQueue {
    /// The queue itself, as the tools reach it.
    var store: QueueStore {
        get throws { try openStore() }
    }

    private var now: Timestamp { Timestamp(microseconds: Clock.realtimeMicroseconds) }

    /// Does something in the queue and tells `schedd`, as the tools do.
    @discardableResult
    func change<Result>(_ body: (QueueStore, Timestamp) throws -> Result) throws -> Result {
        let result = try body(try store, now)
        _ = Doorbell.ring(folder: home)
        return result
    }

    @discardableResult
    func cancel(_ id: JobID, tasks: ArrayIndexSet? = nil) throws -> [ChangeResult] {
        try change { store, now in
            try store.cancel(JobReference(id: id, tasks: tasks), by: geteuid(), at: now)
        }
    }

    @discardableResult
    func hold(_ id: JobID) throws -> [ChangeResult] {
        try change { try $0.hold(JobReference(id: id), by: geteuid(), at: $1) }
    }

    @discardableResult
    func release(_ id: JobID) throws -> [ChangeResult] {
        try change { try $0.release(JobReference(id: id), by: geteuid(), at: $1) }
    }

    @discardableResult
    func requeue(_ id: JobID) throws -> [ChangeResult] {
        try change { try $0.requeue(JobReference(id: id), by: geteuid(), at: $1) }
    }

    @discardableResult
    func signal(_ id: JobID, _ number: Int32) throws -> [ChangeResult] {
        try change { try $0.signal(JobReference(id: id), number, by: geteuid(), at: $1) }
    }

    /// The rows of a job: one, or those of an array.
    func records(_ id: JobID) throws -> [JobRecord] {
        var filter = JobFilter(.jobs([JobReference(id: id)]))
        filter.wantsDetails = true
        var records: [JobRecord] = []
        try store.forEachJob(filter) { records.append($0) }
        return records
    }

    /// A single job.
    func record(_ id: JobID) throws -> JobRecord {
        let records = try records(id)
        guard records.count == 1 else { throw NeverHappened(what: "job \(id) is one row") }
        return records[0]
    }

    /// One task of an array.
    func task(_ index: Int, of id: JobID) throws -> JobRecord {
        let found = try records(id).first { $0.taskIndex == index }
        guard let found else { throw NeverHappened(what: "task \(index) of \(id) has a row") }
        return found
    }

    /// All rows of the queue.
    func allRecords() throws -> [JobRecord] {
        var records: [JobRecord] = []
        try store.forEachJob(JobFilter(.all(since: Timestamp(microseconds: 0)))) {
            records.append($0)
        }
        return records
    }

    func awaitState(_ state: JobState, of id: JobID) throws {
        try wait(until: "job \(id) is \(state.rawValue)") { try record(id).state == state }
    }

    func awaitReason(_ reason: Reason, of id: JobID) throws {
        try wait(until: "job \(id) waits for \(reason.rawValue)") {
            try record(id).reason == reason
        }
    }

    /// Waits for the end of a job.
    @discardableResult
    func end(_ id: JobID) throws -> JobRecord {
        try wait(until: "job \(id) has ended") { try store.end(of: id) != nil }
        return try record(id)
    }

    /// Waits for the end of a whole array.
    @discardableResult
    func endArray(_ id: JobID) throws -> [JobRecord] {
        try wait(until: "array \(id) has ended") { try store.end(of: id) != nil }
        return try records(id)
    }

    /// Submits a job that runs until a file of this name is there.
    func blocker(_ file: String, _ words: String...) throws -> JobID {
        try job(words, input: Self.waiting(for: file))
    }

    private func job(_ words: [String], input: String) throws -> JobID {
        let run = try submit(["--parsable"] + words, input: input)
        guard let number = Int64(run.output.dropLast()) else {
            throw NeverHappened(what: "submit \(words): \(run.errors)")
        }
        return JobID(rawValue: number)
    }

    /// A script that says that it runs and goes on once a file is there.
    static func waiting(for file: String, then rest: String = "") -> String {
        """
        #!/bin/sh
        echo $SLURM_JOB_ID >> started
        while [ ! -e \(file) ]; do sleep 0.02; done
        \(rest)

        """
    }
}
