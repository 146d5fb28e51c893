internal import JobModel
internal import SQLite

/// What a task is told of its array: the indices that it was submitted with.
public struct ArrayFacts: Sendable, Equatable {
    /// The lowest index.
    public var first: Int
    /// The highest index.
    public var last: Int
    /// The step between two; 1 where they are uneven.
    public var step: Int
    /// How many indices.
    public var count: Int

    init?(of text: String) {
        guard let indices = try? ArrayIndexSet(parsing: ByteString(text)),
            let first = indices.min, let last = indices.max
        else { return nil }
        self.first = first
        self.last = last
        step = indices.step ?? 1
        count = indices.count
    }
}

/// The waiting indices of arrays, kept as a few ranges.
extension QueueStore {
    /// The indices that a set of tasks still has to start.
    func ranges(of set: JobID) throws -> ArrayIndexSet {
        var ranges: [ArrayIndexSet.Range] = []
        try db.query(
            "SELECT first, last, step FROM array_range WHERE job = ?1 ORDER BY first",
            .integer(set.rawValue)
        ) { row in
            ranges.append(
                ArrayIndexSet.Range(
                    first: Int(row.integer(0)),
                    last: Int(row.integer(1)),
                    step: Int(row.integer(2))
                )
            )
        }
        return ArrayIndexSet(ranges)
    }

    /// Replaces the indices of a set.
    func setRanges(_ indices: ArrayIndexSet, of set: JobID) throws {
        try db.run("DELETE FROM array_range WHERE job = ?1", .integer(set.rawValue))
        for range in indices.ranges {
            try db.run(
                "INSERT INTO array_range (job, first, last, step) VALUES (?1, ?2, ?3, ?4)",
                .integer(set.rawValue),
                .int(range.first),
                .int(range.last),
                .int(range.step)
            )
        }
    }

    /// Takes the lowest index out of a set; nil where it is empty.
    func takeFirstIndex(of set: JobID) throws -> (index: Int, isLast: Bool)? {
        let lowest = try db.first(
            """
            SELECT first, last, step FROM array_range WHERE job = ?1 ORDER BY first LIMIT 1
            """,
            .integer(set.rawValue)
        ) { row in (first: row.integer(0), last: row.integer(1), step: row.integer(2)) }
        guard let lowest else { return nil }
        if lowest.first < lowest.last {
            try db.run(
                "UPDATE array_range SET first = first + step WHERE job = ?1 AND first = ?2",
                .integer(set.rawValue),
                .integer(lowest.first)
            )
            return (Int(lowest.first), false)
        }
        try db.run(
            "DELETE FROM array_range WHERE job = ?1 AND first = ?2",
            .integer(set.rawValue),
            .integer(lowest.first)
        )
        let more = try db.first(
            "SELECT 1 FROM array_range WHERE job = ?1 LIMIT 1",
            .integer(set.rawValue)
        ) { _ in true }
        return (Int(lowest.first), more == nil)
    }

    /// Gives some tasks of a set a row of their own, in the set's state, with the same wishes.
    ///
    /// - Returns: the new row's id; the set's own where it is split off whole.
    func split(_ indices: ArrayIndexSet, off set: JobID) throws -> JobID {
        let waiting = try ranges(of: set)
        let isMain = try db.first(
            "SELECT array_id = id FROM job WHERE id = ?1",
            .integer(set.rawValue)
        ) { $0.bool(0) }
        let rest = waiting.subtracting(indices)
        if rest.isEmpty && isMain == false { return set }
        let single = indices.count == 1 ? indices.min : nil
        try db.run(
            """
            INSERT INTO job (state, priority, array_id, task_index, uid, gid, name, reason, held,
                tasks, cpus_per_task, memory_bytes, memory_per, gpus, gpu_type, one_thread,
                limit_s, nice, requeue, submitted_us, eligible_us, begin_us, unmet, unmet_any,
                total, spec, gpu_memory_bytes, ended_us, cancelled_by)
            SELECT state, priority, array_id, ?2, uid, gid, name, reason, held,
                tasks, cpus_per_task, memory_bytes, memory_per, gpus, gpu_type, one_thread,
                limit_s, nice, requeue, submitted_us, eligible_us, begin_us, unmet, unmet_any,
                ?3, spec, gpu_memory_bytes, ended_us, cancelled_by
            FROM job WHERE id = ?1 AND state IN ('PENDING', 'CANCELLED')
            """,
            .integer(set.rawValue),
            .optional(single.map(Int64.init)),
            .int(indices.count)
        )
        let part = JobID(rawValue: db.lastInsertRowID)
        try db.run(
            """
            INSERT INTO dependency (on_job, on_index, job, kind, minutes, failed)
            SELECT on_job, on_index, ?2, kind, minutes, failed FROM dependency WHERE job = ?1
            """,
            .integer(set.rawValue),
            .integer(part.rawValue)
        )
        if single == nil { try setRanges(indices, of: part) }
        try setRanges(rest, of: set)
        if rest.isEmpty { try leavePending(set) }
        return part
    }

    /// Ends the waiting of an array's own row whose indices have all gone elsewhere.
    func leavePending(_ set: JobID) throws {
        try db.run(
            """
            UPDATE job SET state = 'RUNNING', held = 0, unmet = 0, reason = NULL,
                started_us = coalesce(started_us, submitted_us)
            WHERE id = ?1 AND id = array_id AND state = 'PENDING'
            """,
            .integer(set.rawValue)
        )
        try db.run("DELETE FROM dependency WHERE job = ?1", .integer(set.rawValue))
        try db.run(
            "DELETE FROM job WHERE id = ?1 AND id <> array_id AND task_index IS NULL",
            .integer(set.rawValue)
        )
    }
}
