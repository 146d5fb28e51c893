import JobModel
import Planner

/// The rules once more, without a thought for speed: every pass sorts and walks all candidates, and
/// sums up all runs for every question.
struct NaivePlanner {
    struct Run {
        var job: JobID
        var demand: Demand
        var gpus: [Int]
        var started: Int64
        var estimate: Int64?
    }

    struct Free: Equatable {
        var cores: Int
        var memory: Int64
        var gpus: Set<Int>
    }

    struct Start: Equatable {
        var job: JobID
        var gpus: [Int]
        var isBackfilled: Bool
    }

    struct Result: Equatable {
        var starts: [Start] = []
        var head: JobID?
        var expectedStart: Int64?
    }

    var capacity: Capacity
    var unavailable: Set<Int> = []
    var candidates: [JobID: Candidate] = [:]
    var runs: [Run] = []

    /// The numbers of a request's GPUs on this machine.
    func matching(_ demand: Demand) -> Set<Int> {
        guard let request = demand.gpus else { return [] }
        return Set(
            capacity.gpus.filter { request.type == nil || $0.type == request.type }.map(\.index)
        )
    }

    func fits(_ demand: Demand, in free: Free) -> Bool {
        demand.cores <= free.cores && demand.memory.bytes <= free.memory
            && (demand.gpus?.count ?? 0) <= matching(demand).intersection(free.gpus).count
    }

    /// What is free when only these runs are there.
    func free(beside runs: [Run]) -> Free {
        var free = Free(
            cores: capacity.cores,
            memory: capacity.memory.bytes,
            gpus: Set(capacity.gpus.map(\.index)).subtracting(unavailable)
        )
        for run in runs { take(run.demand, Set(run.gpus), from: &free) }
        return free
    }

    func take(_ demand: Demand, _ gpus: Set<Int>, from free: inout Free) {
        free.cores -= demand.cores
        free.memory -= demand.memory.bytes
        free.gpus.subtract(gpus)
    }

    /// When a run is expected to end, as seen from an instant.
    func end(of run: Run, at now: Int64) -> Int64? {
        run.estimate.map { max(run.started + $0 * 1000, now + 1) }
    }

    func isPossible(_ demand: Demand) -> Bool { fits(demand, in: free(beside: [])) }

    func mayStart(_ candidate: Candidate) -> Bool {
        guard candidate.count > 0, isPossible(candidate.demand) else { return false }
        guard let throttle = candidate.throttle else { return true }
        return runs.count { $0.job == candidate.id } < throttle
    }

    var order: [Candidate] {
        candidates.values.sorted {
            ($1.priority, $0.submitted.milliseconds, $0.id)
                < ($0.priority, $1.submitted.milliseconds, $1.id)
        }
    }

    /// The earliest instant at which a demand fits, what is free then, and which GPUs it keeps.
    func reservation(
        for demand: Demand,
        at now: Int64
    ) -> (start: Int64?, spare: Free, kept: Set<Int>) {
        let freeNow = free(beside: runs)
        let count = demand.gpus?.count ?? 0
        for instant in Set(runs.compactMap { end(of: $0, at: now) }).sorted() {
            var then = free(beside: runs.filter { end(of: $0, at: now) ?? .max > instant })
            guard fits(demand, in: then) else { continue }
            let choice = matching(demand).intersection(then.gpus).sorted {
                (freeNow.gpus.contains($0) ? 1 : 0, $0) < (freeNow.gpus.contains($1) ? 1 : 0, $1)
            }
            let kept = Set(choice.prefix(count))
            take(demand, kept, from: &then)
            return (instant, then, kept)
        }
        let kept = Set(matching(demand).intersection(freeNow.gpus).sorted().prefix(count))
        var spare = freeNow
        take(demand, kept, from: &spare)
        spare.cores = max(spare.cores, 0)
        spare.memory = max(spare.memory, 0)
        return (nil, spare, kept)
    }

    /// The GPUs that a backfilled candidate may have, if it may start; nil where it may not.
    func admitted(
        _ candidate: Candidate,
        at now: Int64,
        start: Int64?,
        spare: Free,
        kept: Set<Int>
    ) -> (gpus: Set<Int>, endsInTime: Bool)? {
        let freeNow = free(beside: runs)
        guard fits(candidate.demand, in: freeNow) else { return nil }
        let choice = matching(candidate.demand).intersection(freeNow.gpus)
        if let start, let estimate = candidate.estimate, now + estimate * 1000 <= start {
            let few = choice.intersection(kept)
            return (few.count >= candidate.demand.gpus?.count ?? 0 ? few : choice, true)
        }
        guard fits(candidate.demand, in: spare),
            choice.intersection(spare.gpus).count >= candidate.demand.gpus?.count ?? 0
        else { return nil }
        return (choice.intersection(spare.gpus), false)
    }

    mutating func plan(at now: Int64, choosing choose: Planner.GPUChoice) -> Result {
        var result = Result()
        var reserved: (start: Int64?, spare: Free, kept: Set<Int>)?
        for id in order.map(\.id) {
            while let candidate = candidates[id], mayStart(candidate) {
                let choice: (gpus: Set<Int>, endsInTime: Bool)
                if let place = reserved {
                    guard
                        let admitted = admitted(
                            candidate,
                            at: now,
                            start: place.start,
                            spare: place.spare,
                            kept: place.kept
                        )
                    else { break }
                    choice = admitted
                } else if fits(candidate.demand, in: free(beside: runs)) {
                    let free = free(beside: runs).gpus
                    choice = (matching(candidate.demand).intersection(free), true)
                } else {
                    let place = reservation(for: candidate.demand, at: now)
                    reserved = place
                    result.head = id
                    result.expectedStart = place.start
                    break
                }
                let gpus =
                    candidate.demand.gpus.map { choose($0, choice.gpus.sorted()).sorted() } ?? []
                if !choice.endsInTime, var place = reserved {
                    take(candidate.demand, Set(gpus), from: &place.spare)
                    reserved = place
                }
                start(candidate, on: gpus, at: now)
                result.starts.append(
                    Start(job: id, gpus: gpus, isBackfilled: reserved != nil)
                )
            }
        }
        return result
    }

    private mutating func start(_ candidate: Candidate, on gpus: [Int], at now: Int64) {
        candidates[candidate.id]?.count -= 1
        if candidate.count == 1 { candidates[candidate.id] = nil }
        runs.append(
            Run(
                job: candidate.id,
                demand: candidate.demand,
                gpus: gpus,
                started: now,
                estimate: candidate.estimate
            )
        )
    }
}
