import JobModel
import Planner
import SeededRandom
import Testing

/// The planner and the naive one, fed with the same events, their plans compared one by one.
struct Scenario {
    /// What a workload is made of.
    struct Mix {
        /// Of a hundred candidates, so many without an estimate.
        var unlimited = 15
        /// Of a hundred events, so many that break a promise: corrections, undone starts, GPUs in
        /// use from outside, runs that outlive their estimate.
        var disturbances = 15
        /// Whether GPUs are picked from the highest number down.
        var picksHighest = false
    }

    let seed: UInt64
    let mix: Mix
    private var random: SeededGenerator
    private var planner: Planner
    private var naive: NaivePlanner
    /// The planner's names for the naive planner's runs, in the same order.
    private var runs: [RunID] = []
    /// Whether a run came out of a plan, and can be undone.
    private var isPlanned: [Bool] = []
    /// All candidates ever, as last added.
    private var known: [JobID: Candidate] = [:]
    private var now: Int64 = 0
    private var lastID: Int64 = 0
    /// What the last plan told its head, while nothing has happened that excuses a delay.
    private var promise: (job: JobID, start: Int64)?

    private(set) var startCount = 0
    private(set) var backfillCount = 0

    init(seed: UInt64, mix: Mix) {
        self.seed = seed
        self.mix = mix
        random = SeededGenerator(seed: seed)
        let gpuCount = random.pick([0, 0, 1, 2, 4, 5])
        var gpus: [Capacity.GPU] = []
        for index in 0..<gpuCount {
            gpus.append(Capacity.GPU(index: index * 2, type: random.pick([nil, "a", "b"])))
        }
        let capacity = Capacity(
            cores: Int.random(in: 1...16, using: &random),
            memory: MemorySize(bytes: Int64.random(in: 0...32, using: &random)),
            gpus: gpus
        )
        planner = Planner(capacity: capacity)
        naive = NaivePlanner(capacity: capacity)
    }

    // MARK: Events

    /// One batch of events, then a plan.
    mutating func step() {
        advance()
        for _ in 0..<Int.random(in: 0...4, using: &random) { submit() }
        for index in runs.indices.reversed() where isDue(index) { end(index) }
        if random.chance(20), !runs.isEmpty { end(randomRun()) }
        if random.chance(10), let id = randomWaiting() { remove(id) }
        if random.chance(10), let id = randomWaiting() { change(id) }
        if random.chance(mix.disturbances) { disturb() }
        if random.chance(5) { restart() }
        comparePlans()
    }

    /// To a run's expected end, or just so far.
    private mutating func advance() {
        let ends = naive.runs.compactMap { naive.end(of: $0, at: now) }
        if random.chance(50), let next = ends.min() {
            now = next
        } else {
            now += Int64.random(in: 0...3000, using: &random)
        }
    }

    private mutating func isDue(_ index: Int) -> Bool {
        let run = naive.runs[index]
        guard let estimate = run.estimate, run.started + estimate * 1000 <= now else {
            return false
        }
        guard random.chance(mix.disturbances) else { return true }
        promise = nil
        return false
    }

    private mutating func submit() {
        lastID += 1
        let candidate = randomCandidate(JobID(rawValue: lastID))
        add(candidate)
    }

    private mutating func randomCandidate(_ id: JobID) -> Candidate {
        var gpus: GPURequest?
        if random.chance(naive.capacity.gpus.isEmpty ? 2 : 40) {
            let count = Int.random(in: 1...3, using: &random)
            gpus = GPURequest(count: count, type: random.pick([nil, nil, "a", "b"]))
        }
        let isArray = random.chance(25)
        let estimate: Int64? =
            random.chance(mix.unlimited) ? nil : .random(in: 1...12, using: &random)
        return Candidate(
            id: id,
            priority: Int64.random(in: -1...2, using: &random),
            submitted: Instant(milliseconds: now - Int64.random(in: 0...2, using: &random)),
            demand: Demand(
                cores: Int.random(in: 0...naive.capacity.cores, using: &random)
                    + (random.chance(3) ? 1 : 0),
                memory: MemorySize(
                    bytes: random.chance(50) ? 0 : .random(in: 0...9, using: &random)
                ),
                gpus: gpus
            ),
            estimate: estimate,
            limit: estimate,
            count: isArray ? Int.random(in: 1...6, using: &random) : 1,
            throttle: isArray && random.chance(50) ? Int.random(in: 1...3, using: &random) : nil
        )
    }

    private mutating func add(_ candidate: Candidate) {
        planner.add(candidate)
        naive.candidates[candidate.id] = candidate
        known[candidate.id] = candidate
    }

    private mutating func remove(_ id: JobID) {
        planner.remove(id)
        naive.candidates[id] = nil
    }

    private mutating func change(_ id: JobID) {
        guard let old = naive.candidates[id] else { return }
        // A candidate may turn up in front of the head, which excuses a delay.
        promise = nil
        let new = randomCandidate(id)
        if random.chance(50) {
            add(new)
        } else {
            var changed = old
            changed.priority = new.priority
            changed.count = new.count
            verify(
                planner.update(id) {
                    $0.priority = new.priority
                    $0.count = new.count
                }
            )
            naive.candidates[id] = changed
            known[id] = changed
        }
        verify(planner.candidate(id) == naive.candidates[id])
    }

    private mutating func end(_ index: Int) {
        planner.end(runs[index])
        forget(index)
    }

    private mutating func forget(_ index: Int) {
        runs.remove(at: index)
        isPlanned.remove(at: index)
        naive.runs.remove(at: index)
    }

    private mutating func disturb() {
        promise = nil
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            guard !runs.isEmpty else { return }
            let index = randomRun()
            let estimate = random.chance(30) ? nil : Int64.random(in: 1...20, using: &random)
            planner.correct(runs[index], estimate: estimate, limit: estimate)
            naive.runs[index].estimate = estimate
        case 1:
            guard let index = isPlanned.lastIndex(of: true) else { return }
            undo(index, waitsAgain: random.chance(70))
        default:
            let lost = naive.capacity.gpus.map(\.index).filter { _ in random.chance(20) }
            naive.unavailable = Set(lost)
            planner.setUnavailable(gpus: Set(lost))
        }
    }

    private mutating func undo(_ index: Int, waitsAgain: Bool) {
        let id = naive.runs[index].job
        planner.undo(runs[index], waitsAgain: waitsAgain)
        if waitsAgain, var candidate = known[id] {
            candidate.count = (naive.candidates[id]?.count ?? 0) + 1
            naive.candidates[id] = candidate
        }
        forget(index)
    }

    /// All begins anew from what a queue would know.
    private mutating func restart() {
        planner = Planner(capacity: naive.capacity)
        let waiting = naive.candidates.values.sorted { $0.id < $1.id }
        let early = waiting.filter { _ in random.chance(50) }
        for candidate in early { planner.add(candidate) }
        for (index, run) in naive.runs.enumerated() {
            runs[index] = planner.adopt(
                run.demand,
                gpus: run.gpus,
                started: Instant(milliseconds: run.started),
                estimate: run.estimate,
                limit: run.estimate,
                of: run.job
            )
            isPlanned[index] = false
        }
        for candidate in waiting where !early.contains(candidate) { planner.add(candidate) }
        planner.setUnavailable(gpus: naive.unavailable)
    }

    private mutating func randomRun() -> Int { Int.random(in: runs.indices, using: &random) }

    private mutating func randomWaiting() -> JobID? {
        let ids = naive.candidates.keys.sorted()
        return ids.isEmpty ? nil : random.pick(ids)
    }

    // MARK: Plans

    private mutating func comparePlans() {
        let choose: Planner.GPUChoice = { [mix] request, free in
            Array(mix.picksHighest ? free.suffix(request.count) : free.prefix(request.count))
        }
        let expected = naive.plan(at: now, choosing: choose)
        let plan = planner.plan(at: Instant(milliseconds: now), choosing: choose)

        let starts = plan.starts.map {
            NaivePlanner.Start(job: $0.job, gpus: $0.gpus, isBackfilled: $0.isBackfilled)
        }
        verify(starts == expected.starts)
        verify(plan.head?.job == expected.head)
        verify(
            plan.head?.expectedStart?.milliseconds == expected.expectedStart
        )
        runs += plan.starts.map(\.run)
        isPlanned += plan.starts.map { _ in true }
        startCount += plan.starts.count
        backfillCount += plan.starts.filter(\.isBackfilled).count

        verify(planner.waitingCount == naive.candidates.count)
        verify(planner.runCount == naive.runs.count)
        expectCapacityHeld()
        expectThrottlesHeld()
        if let head = plan.head {
            expectUndelayed(head, plan: plan)
        }
        expectWorkConserved(behind: plan.head)
        expectReasons(head: plan.head?.job)
        expectForecast(of: plan.head)
    }

    private func expectCapacityHeld() {
        let free = naive.free(beside: naive.runs)
        verify(free.cores >= 0 && free.memory >= 0)
        let held = naive.runs.flatMap(\.gpus)
        verify(Set(held).count == held.count, "a GPU twice")
        for run in naive.runs {
            verify(run.gpus.count == run.demand.gpus?.count ?? 0)
            verify(naive.matching(run.demand).isSuperset(of: run.gpus))
        }
    }

    private func expectThrottlesHeld() {
        for (id, runs) in Dictionary(grouping: naive.runs, by: \.job) {
            // A throttle that was lowered holds for new tasks only.
            guard let throttle = known[id]?.throttle, runs.allSatisfy({ $0.started == now }) else {
                continue
            }
            verify(runs.count <= throttle, "job \(id)")
        }
    }

    private mutating func expectUndelayed(
        _ head: Plan.Head,
        plan: Plan
    ) {
        guard let demand = naive.candidates[head.job]?.demand else {
            Issue.record("seed \(seed), instant \(now): the head \(head.job) does not wait")
            return
        }
        if let promised = head.expectedStart?.milliseconds {
            let after = naive.reservation(for: demand, at: now).start
            verify(after == promised, "head \(head.job)")
        } else {
            expectUndelayedWhicheverEnds(demand, plan: plan)
        }
        // What has started in front of it came later, with a higher priority.
        if let promise, promise.job == head.job, plan.starts.allSatisfy(\.isBackfilled) {
            let start = head.expectedStart?.milliseconds
            verify(
                start ?? .max <= promise.start,
                "\(head.job) was promised another start"
            )
        }
        promise = head.expectedStart.map { (head.job, $0.milliseconds) }
    }

    /// With an unknown start: whichever runs end, what was backfilled is not what holds it back.
    private mutating func expectUndelayedWhicheverEnds(_ demand: Demand, plan: Plan) {
        let firstBackfilled =
            naive.runs.count - plan.starts.filter(\.isBackfilled).count
        let others = naive.runs[..<firstBackfilled]
        let backfilled = naive.runs[firstBackfilled...]
        for _ in 0..<8 {
            let left = others.filter { _ in random.chance(60) }
            guard naive.fits(demand, in: naive.free(beside: Array(left))) else { continue }
            verify(
                naive.fits(demand, in: naive.free(beside: left + backfilled)),
                "backfill delays a head without a known start"
            )
        }
    }

    /// Whoever waits and fits would delay the head.
    private func expectWorkConserved(behind head: Plan.Head?) {
        let free = naive.free(beside: naive.runs)
        let place = head.flatMap { naive.candidates[$0.job] }.map {
            naive.reservation(for: $0.demand, at: now)
        }
        for candidate in naive.candidates.values where naive.mayStart(candidate) {
            guard naive.fits(candidate.demand, in: free) else { continue }
            let delays =
                place.map {
                    naive.admitted(
                        candidate,
                        at: now,
                        start: $0.start,
                        spare: $0.spare,
                        kept: $0.kept
                    ) == nil
                } ?? false
            verify(delays, "\(candidate.id) waits for nothing")
        }
    }

    private func expectReasons(head: JobID?) {
        for candidate in naive.candidates.values {
            let reason: Reason =
                if candidate.id == head {
                    .resources
                } else if naive.mayStart(candidate) {
                    .priority
                } else if naive.isPossible(candidate.demand) {
                    .jobArrayTaskLimit
                } else if NaivePlanner(capacity: naive.capacity).isPossible(candidate.demand) {
                    .reqNodeNotAvail
                } else {
                    .partitionConfig
                }
            verify(planner.reason(for: candidate.id) == reason, "\(candidate.id)")
        }
    }

    private func expectForecast(of head: Plan.Head?) {
        let forecast = planner.forecast(at: Instant(milliseconds: now), limit: 5)
        verify(
            forecast.map(\.job)
                == Array(naive.order.lazy.filter { naive.mayStart($0) }.prefix(5).map(\.id))
        )
        verify(forecast.first?.job == head?.job)
        verify(forecast.first?.start == head?.expectedStart)
    }

    /// Records a mistake together with the seed that shows it.
    private func verify(
        _ condition: Bool,
        _ comment: @autoclosure () -> String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        if condition { return }
        Issue.record(
            "seed \(seed), instant \(now) \(comment())",
            sourceLocation: sourceLocation
        )
    }
}
