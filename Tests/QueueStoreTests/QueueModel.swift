import JobModel

/// The queue as its users understand it: jobs and tasks, each with a state of its own, and no word
/// of rows and ranges.
struct QueueModel {
    /// A single job, or one task of an array.
    struct Task: Equatable {
        var state = JobState.pending
        var isHeld = false
        /// What it still waits for, or waits for in vain.
        var conditions: [Condition] = []
        var isAny = false
        var attempts = 0
        /// Somebody has asked to cancel it while it ran.
        var isToBeCancelled = false

        var isFree: Bool { state == .pending && !isHeld && conditions.isEmpty }

        var isHopeless: Bool {
            !conditions.isEmpty
                && (isAny
                    ? conditions.allSatisfy(\.isFailed) : conditions.contains(where: \.isFailed))
        }
    }

    struct Condition: Hashable {
        var kind: Dependency.Kind
        var job: JobID
        var index: Int?
        var isFailed = false
    }

    struct Job: Equatable {
        /// By index; a single job has one without an index.
        var tasks: [Int?: Task]
        var isArray: Bool
        var name: ByteString

        var hasEnded: Bool { tasks.values.allSatisfy(\.state.isEnded) }
        var hasStarted: Bool { tasks.values.allSatisfy { $0.state != .pending } }
        var isSuccess: Bool { tasks.values.allSatisfy { $0.state == .completed } }

        func count(_ states: JobState...) -> Int {
            tasks.values.filter { states.contains($0.state) }.count
        }
    }

    private(set) var jobs: [JobID: Job] = [:]

    /// Takes in a job that the queue has accepted.
    mutating func submit(_ description: JobDescription, as id: JobID) {
        var task = Task(isHeld: description.isHeld)
        task.isAny = description.dependency?.combination == .any
        for condition in description.dependency?.conditions ?? [] {
            for wait in expand(condition) where !task.conditions.contains(wait) {
                task.conditions.append(wait)
            }
        }
        if let name = earlierNamesake(of: description, before: id) {
            // Only singleton looks at names; the youngest is as good as all of them.
            task.conditions = task.conditions.map {
                $0.kind == .singleton ? Condition(kind: .singleton, job: name) : $0
            }
        }
        let indices: [Int?] = description.array.map { Array($0) } ?? [nil]
        jobs[id] = Job(
            tasks: Dictionary(uniqueKeysWithValues: indices.map { ($0, task) }),
            isArray: description.array != nil,
            name: description.name
        )
        settle()
    }

    private func expand(_ condition: Dependency.Condition) -> [Condition] {
        guard let reference = condition.job else {
            return [Condition(kind: .singleton, job: JobID(rawValue: 0))]
        }
        guard let tasks = reference.tasks else {
            return [Condition(kind: condition.kind, job: reference.id)]
        }
        return tasks.map { Condition(kind: condition.kind, job: reference.id, index: $0) }
    }

    private func earlierNamesake(of job: JobDescription, before id: JobID) -> JobID? {
        jobs.filter { $0.key < id && $0.value.name == job.name && !$0.value.hasEnded }.keys.max()
    }

    /// Changes one task, and whoever waited for it.
    mutating func change(_ id: JobID, _ index: Int?, _ body: (inout Task) -> Void) {
        guard var task = jobs[id]?.tasks[index] else { preconditionFailure("no such task") }
        body(&task)
        jobs[id]?.tasks[index] = task
    }

    /// Looks at all that anything waits for.
    mutating func settle() {
        for (id, job) in jobs {
            for (index, task) in job.tasks where task.state == .pending {
                var changed = task
                for condition in task.conditions where !condition.isFailed {
                    switch answer(condition, for: id, index) {
                    case true? where task.isAny: changed.conditions = []
                    case true?: changed.conditions.removeAll { $0 == condition }
                    case false?:
                        guard let place = changed.conditions.firstIndex(of: condition) else {
                            continue
                        }
                        changed.conditions[place].isFailed = true
                    case nil: break
                    }
                }
                jobs[id]?.tasks[index] = changed
            }
        }
    }

    /// Whether a condition holds; nil while that is open.
    private func answer(_ condition: Condition, for id: JobID, _ index: Int?) -> Bool? {
        if condition.kind == .singleton {
            let name = jobs[id]?.name
            let others = jobs.filter { $0.key < id && $0.value.name == name }
            return others.values.allSatisfy(\.hasEnded) ? true : nil
        }
        guard let other = jobs[condition.job] else { preconditionFailure("no such job") }
        var meant: Int?? = condition.index
        if meant == .some(nil) { meant = nil }
        if condition.kind == .aftercorr, condition.index == nil, other.isArray,
            jobs[id]?.isArray == true, other.tasks[index] != nil
        {
            meant = index
        }
        let hasStarted: Bool
        let hasEnded: Bool
        let isSuccess: Bool
        if let meant {
            guard let state = other.tasks[meant]?.state else { return nil }
            (hasStarted, hasEnded, isSuccess) = (
                state != .pending, state.isEnded, state == .completed
            )
        } else {
            (hasStarted, hasEnded, isSuccess) = (
                other.hasStarted, other.hasEnded, other.isSuccess
            )
        }
        switch condition.kind {
        case .after: return hasStarted || hasEnded ? true : nil
        case .afterany, .afterburstbuffer, .singleton: return hasEnded ? true : nil
        case .afterok, .aftercorr: return hasEnded ? isSuccess : nil
        case .afternotok: return hasEnded ? !isSuccess : nil
        }
    }
}
