import JobModel
import SQLite
import SeededRandom
import Testing

@testable import QueueStore

struct ModelTests {
    @Test(arguments: 1...8)
    func `random transitions do to the queue what they do to a small model of it`(_ part: Int)
        throws
    {
        for seed in 0..<12 {
            var walk = try RandomWalk(seed: UInt64(part * 1_000 + seed))
            for _ in 0..<40 { try walk.step() }
        }
    }
}

/// Random transitions of a queue and of its model, compared after each.
struct RandomWalk {
    private let queue: TestQueue
    private var model = QueueModel()
    private var generator: SeededGenerator
    private let seed: UInt64
    /// What was done, for whoever has to understand a difference.
    private var story: [String] = []
    /// What `schedd` knows of what waits, as it was told of it.
    private var told: [JobID: Standing] = [:]
    private var readSequence: Int64 = 0

    /// What decides whether a row may start.
    private struct Standing: Equatable {
        var count: Int
        var isFree: Bool
        var begin: Timestamp?
    }

    /// A row of the table, and the tasks that it stands for.
    private struct Row {
        var id: JobID
        var main: JobID
        var isSet: Bool
        var indices: [Int?]
        var state: JobState
    }

    init(seed: UInt64) throws {
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        queue = try TestQueue()
        try queue.store.db.execute("PRAGMA synchronous = OFF")
    }

    private var place: Comment { "seed \(seed): \(story.joined(separator: "; "))" }

    mutating func step() throws {
        queue.now.microseconds += 1_000_000
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<25: try submit()
        case 25..<50: try claim()
        case 50..<68: try end()
        case 68..<74: try putBack()
        case 74..<82: try change(.cancel)
        case 82..<88: try change(.hold)
        case 88..<94: try change(.release)
        default: try change(.requeue)
        }
        model.settle()
        try compare()
        try checkThatScheddWasTold()
    }

    // MARK: Events

    private mutating func submit() throws {
        guard model.jobs.count < 12 else { return }
        var job = TestQueue.plain
        job.name = generator.pick(["a", "b", "c"])
        job.isHeld = generator.chance(15)
        if generator.chance(50) {
            job.array = ArrayIndexSet(
                generator.pick([
                    [.init(first: 0, last: 3)], [.init(first: 1, last: 7, step: 2)],
                    [.init(first: 2, last: 2)],
                    [.init(first: 0, last: 4, step: 2), .init(first: 5, last: 6)],
                ])
            )
        }
        if generator.chance(50) { job.dependency = randomDependency() }
        let id = try queue.store.submit(job, at: queue.now)
        let array = job.array.map { " array \($0)" } ?? ""
        let dependency = job.dependency.map { " after \($0)" } ?? ""
        story.append("\(id) = \(job.isHeld ? "held" : "")\(array)\(dependency) \(job.name.string)")
        model.submit(job, as: id)
    }

    private mutating func randomDependency() -> Dependency? {
        var conditions: [Dependency.Condition] = []
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            let kind = generator.pick(Dependency.Kind.allCases)
            if kind == .singleton {
                conditions.append(.init(kind: .singleton, job: nil))
            } else if let id = model.jobs.keys.sorted().randomElement(using: &generator) {
                conditions.append(.init(kind: kind, job: reference(to: id)))
            }
        }
        guard !conditions.isEmpty else { return nil }
        return Dependency(generator.chance(30) ? .any : .all, conditions)
    }

    /// A job, or some tasks of it.
    private mutating func reference(to id: JobID) -> JobReference {
        guard let job = model.jobs[id], job.isArray, generator.chance(50) else {
            return JobReference(id: id)
        }
        let indices = job.tasks.keys.compactMap { $0 }.sorted().filter { _ in generator.chance(40) }
        guard !indices.isEmpty else { return JobReference(id: id) }
        return JobReference(
            id: id,
            tasks: ArrayIndexSet(indices.map { ArrayIndexSet.Range(first: $0, last: $0) })
        )
    }

    private mutating func claim() throws {
        guard let row = try rows().filter({ $0.state == .pending }).randomElement(using: &generator)
        else { return }
        let claimed = try queue.claim(row.id)
        story.append("claim \(row.id)" + (claimed.map { " as \($0.attempt)" } ?? " in vain"))
        let first = row.indices.compactMap { $0 }.min()
        let isFree = model.jobs[row.main]?.tasks[first]?.isFree
        try #require((claimed != nil) == isFree, place)
        guard let claimed else { return }
        try #require(claimed.taskIndex == first, place)
        model.change(row.main, first) {
            $0.state = .running
            $0.attempts += 1
        }
        try #require(model.jobs[row.main]?.tasks[first]?.attempts == claimed.attempt.number, place)
        try #require(try queue.claim(claimed.attempt.job) == nil, place)
        tell(claimed.changed + [row.id])
    }

    private mutating func end() throws {
        guard let (attempt, main, index) = try anyAttempt() else { return }
        let cause = generator.pick(
            [.exited, .exited, .exited, .timeLimit, .lost] as [Outcome.Cause]
        )
        let exitCode = cause == .exited && generator.chance(40) ? 3 : 0
        let ended = try queue.end(attempt, cause, exitCode: exitCode)
        story.append("end \(attempt) \(cause) \(exitCode)")
        let outcome = Outcome(cause: cause, exitCode: exitCode, endedAt: queue.now)
        try #require(ended?.state == outcome.state, place)
        model.change(main, index) { $0.state = outcome.state }
        try #require(try queue.end(attempt, cause) == nil, place)
        tell(ended?.changed ?? [])
    }

    private mutating func putBack() throws {
        guard let (attempt, main, index) = try anyAttempt() else { return }
        let isHeld = generator.chance(30)
        let back = try queue.putBack(attempt, isHeld: isHeld)
        story.append("put back \(attempt)\(isHeld ? " held" : "")")
        model.change(main, index) {
            $0.state = $0.isToBeCancelled ? .cancelled : .pending
            $0.isHeld = isHeld && !$0.isToBeCancelled
        }
        try #require(back?.state == model.jobs[main]?.tasks[index]?.state, place)
        try #require(try queue.putBack(attempt) == nil, place)
        tell(back?.changed ?? [])
    }

    private mutating func anyAttempt() throws -> (AttemptID, main: JobID, index: Int?)? {
        let running = try rows().filter { $0.state == .running && !$0.isSet }
        guard let row = running.randomElement(using: &generator), let index = row.indices.first,
            let number = model.jobs[row.main]?.tasks[index]?.attempts
        else { return nil }
        let attempt = AttemptID(job: row.id, number: number)
        // What an earlier attempt says counts for nothing.
        if number > 1 {
            try #require(try queue.end(AttemptID(job: row.id, number: number - 1)) == nil, place)
        }
        return (attempt, row.main, index)
    }

    private enum Verb { case cancel, hold, release, requeue }

    private mutating func change(_ verb: Verb) throws {
        guard let id = model.jobs.keys.sorted().randomElement(using: &generator) else { return }
        let all = try rows()
        var reference = reference(to: id)
        // Also a task, or a set of them, by the number of its own row.
        let own = all.filter { $0.main == id }
        if generator.chance(20), let row = own.randomElement(using: &generator), row.id != id {
            reference = JobReference(id: row.id)
        }
        story.append("\(verb) \(reference)")
        let store = queue.store
        switch verb {
        case .cancel: _ = try store.cancel(reference, by: TestQueue.owner, at: queue.now)
        case .hold: _ = try store.hold(reference, by: TestQueue.owner, at: queue.now)
        case .release: _ = try store.release(reference, by: TestQueue.owner, at: queue.now)
        case .requeue: _ = try store.requeue(reference, by: TestQueue.owner, at: queue.now)
        }
        for row in own where reference.id == id || reference.id == row.id {
            for index in row.indices {
                if let tasks = reference.tasks, let index, !tasks.contains(index) { continue }
                apply(verb, to: row, index)
            }
        }
    }

    private mutating func apply(_ verb: Verb, to row: Row, _ index: Int?) {
        model.change(row.main, index) { task in
            switch (verb, task.state) {
            case (.cancel, .pending):
                task.state = .cancelled
                task.isHeld = false
                task.conditions = []
            case (.cancel, .running): task.isToBeCancelled = true
            case (.hold, .pending): task.isHeld = true
            case (.release, .pending): task.isHeld = false
            case (.requeue, let state) where state.isEnded:
                task.state = .pending
                task.isHeld = false
                task.isToBeCancelled = false
            default: break
            }
        }
    }

    // MARK: Comparison

    /// The rows that stand for something.
    private func rows() throws -> [Row] {
        var rows: [Row] = []
        try queue.store.db.query("SELECT id, array_id, task_index, state FROM job ORDER BY id") {
            row in
            let id = JobID(rawValue: row.integer(0))
            let isSet = !row.isNull(1) && row.isNull(2)
            let indices: [Int?] =
                isSet
                ? try queue.store.ranges(of: id).map { $0 }
                : [row.optionalInteger(2).map { Int($0) }]
            rows.append(
                Row(
                    id: id,
                    main: JobID(rawValue: row.optionalInteger(1) ?? id.rawValue),
                    isSet: isSet,
                    indices: indices,
                    state: JobState(rawValue: row.text(3)) ?? .pending
                )
            )
        }
        return rows.filter { !$0.indices.isEmpty }
    }

    private func compare() throws {
        var seen: [JobID: Int] = [:]
        for row in try rows() {
            let stored = try stored(row.id)
            for index in row.indices {
                seen[row.main, default: 0] += 1
                let task = try #require(model.jobs[row.main]?.tasks[index], place)
                let name: Comment = "\(row.main)_\(index ?? -1), \(place)"
                try #require(row.state == task.state, name)
                try #require(stored.isHeld == task.isHeld, name)
                try #require(stored.attempts == task.attempts, name)
                guard row.state == .pending else { continue }
                try #require((stored.unmet > 0) == !task.conditions.isEmpty, name)
                try #require(stored.unmet == stored.waits, name)
                if !task.isHeld {
                    let reason = task.isHopeless ? "DependencyNeverSatisfied" : ""
                    try #require(stored.reason == reason, name)
                }
            }
        }
        for (id, job) in model.jobs {
            try #require(seen[id] == job.tasks.count, "\(id), \(place)")
            try #require((try queue.store.end(of: id) != nil) == job.hasEnded, "\(id), \(place)")
            guard job.isArray else { continue }
            let counters = try counters(id)
            try #require(counters.running == job.count(.running), "\(id), \(place)")
            try #require(counters.succeeded == job.count(.completed), "\(id), \(place)")
            let failed = job.count(.failed, .cancelled, .timeout, .nodeFail)
            try #require(counters.failed == failed, "\(id), \(place)")
        }
        let running = model.jobs.values.reduce(0) { $0 + $1.count(.running) }
        try #require(try queue.store.runningJobs().count == running, place)
        try #require(
            try queue.count("SELECT count(*) FROM attempt WHERE ended_us IS NULL") == running,
            place
        )
    }

    private func stored(
        _ id: JobID
    ) throws -> (isHeld: Bool, attempts: Int, unmet: Int64, waits: Int64, reason: String) {
        try #require(
            try queue.store.db.first(
                """
                SELECT held, attempts, unmet,
                    (SELECT count(*) FROM dependency WHERE job = id), reason
                FROM job WHERE id = ?1
                """,
                .integer(id.rawValue)
            ) { ($0.bool(0), Int($0.integer(1)), $0.integer(2), $0.integer(3), $0.text(4)) }
        )
    }

    private func counters(_ id: JobID) throws -> (running: Int, succeeded: Int, failed: Int) {
        try #require(
            try queue.store.db.first(
                "SELECT running, succeeded, failed FROM job WHERE id = ?1",
                .integer(id.rawValue)
            ) { (Int($0.integer(0)), Int($0.integer(1)), Int($0.integer(2))) }
        )
    }

    /// Lets `schedd` look at these jobs anew.
    private mutating func tell(_ ids: [JobID]) {
        for id in ids { told[id] = try? standing(id) }
    }

    private func standing(_ id: JobID) throws -> Standing? {
        try queue.store.waitingJob(id).map {
            Standing(count: $0.count, isFree: $0.isFree, begin: $0.begin)
        }
    }

    /// What waits is as `schedd` knows it, which looks at nothing but what it is told of.
    private mutating func checkThatScheddWasTold() throws {
        let entries = try queue.store.journal(after: readSequence)
        readSequence = entries.last?.sequence ?? readSequence
        tell(entries.map(\.job))
        var waiting: [JobID: Standing] = [:]
        try queue.store.forEachWaitingJob { waiting[$0.id] = try standing($0.id) }
        for id in Set(told.keys).union(waiting.keys) {
            // What is not free is nothing to it.
            let known = told[id].flatMap { $0.isFree ? $0 : nil }
            let isSo = waiting[id].flatMap { $0.isFree ? $0 : nil }
            try #require(known == isSo, "\(id), \(place)")
        }
    }
}
