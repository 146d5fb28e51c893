import JobModel
import Planner
import SeededRandom
import Testing

/// A machine on which jobs really run: what a planner starts takes as long as it takes.
///
/// Random jobs, arrays among them, want cores, memory and GPUs. After each plan all that must hold
/// under every scheme is checked.
struct World {
    struct Mix {
        /// Of a hundred jobs, so many whose estimate is not their run time.
        var wrong = 50
        /// Whether capacity is set aside for a time.
        var hasReserved = false
        /// Whether some jobs are cancelled.
        var cancels = true
        /// Jobs in all.
        var jobs = 40
    }

    struct Run {
        var candidate: Candidate
        var gpus: [Int]
        var started: Int64
        var end: Int64
    }

    /// Nothing runs longer, in seconds.
    static let longest: Int64 = 600

    let seed: UInt64
    let mix: Mix
    let capacity: Capacity
    private(set) var planner: Planner
    private var random: SeededGenerator
    private(set) var now: Int64 = 0
    private(set) var waiting: [JobID: Candidate] = [:]
    private(set) var runs: [RunID: Run] = [:]
    /// How long jobs really run.
    private var runTimes: [JobID: Int64] = [:]
    /// All first starts, those of an array's tasks each.
    private(set) var waits: [(job: JobID, submitted: Int64, started: Int64)] = []
    private var stopped: Set<JobID> = []
    /// One mistake of a world is told, not all that follow from it.
    private var hasFailed = false
    private var reserved: [ReservedTime] = []
    private var submitted = 0
    private var nextSubmission: Int64 = 0
    private var lastHead: (job: JobID, start: Int64)?
    private var lastPlaces: [JobID: Int64] = [:]

    init(seed: UInt64, _ scheme: Scheme, _ mix: Mix = Mix()) {
        self.seed = seed
        self.mix = mix
        random = SeededGenerator(seed: seed)
        capacity = Capacity(
            cores: Int.random(in: 2...16, using: &random),
            memory: MemorySize(bytes: 16),
            gpus: [nil, "a", "b"].prefix(Int.random(in: 0...3, using: &random)).enumerated()
                .map { Capacity.GPU(index: $0, type: $1) }
        )
        planner = Planner(capacity: capacity, scheme: scheme)
        if mix.hasReserved {
            for _ in 0..<2 {
                let start = Int64.random(in: 0...4000, using: &random)
                reserved.append(
                    ReservedTime(
                        from: at(start),
                        until: at(start + .random(in: 1...900, using: &random)),
                        cores: Int.random(in: 0...capacity.cores / 2, using: &random),
                        memory: MemorySize(bytes: .random(in: 0...8, using: &random)),
                        gpus: random.chance(50) ? [0] : []
                    )
                )
            }
            planner.setReserved(reserved)
        }
    }

    /// Whether nothing runs, waits or is to come.
    var isOver: Bool { runs.isEmpty && waiting.isEmpty && submitted == mix.jobs }

    /// To the next instant at which something happens, and a plan there.
    mutating func step() {
        let ends = runs.values.map(\.end)
        let timer = planner.nextInstant(after: at(now)).map { ($0.milliseconds + 999) / 1000 }
        let arrivals = submitted < mix.jobs ? [nextSubmission] : []
        now = (ends + arrivals + (timer.map { [$0] } ?? [])).min() ?? now + 1
        for (id, run) in runs.sorted(by: { $0.key < $1.key }) where run.end == now {
            planner.end(id)
            runs[id] = nil
        }
        while submitted < mix.jobs, nextSubmission <= now { submit() }
        if mix.cancels, random.chance(5), let id = waiting.keys.sorted().first {
            planner.remove(id)
            waiting[id] = nil
        }
        plan()
    }

    mutating func change(to scheme: Scheme) {
        planner.change(to: scheme)
        lastHead = nil
        lastPlaces = [:]
    }

    private mutating func submit() {
        submitted += 1
        if random.chance(60) { nextSubmission = now + .random(in: 1...150, using: &random) }
        let id = JobID(rawValue: Int64(submitted))
        let runTime = Int64.random(in: 1...Self.longest, using: &random)
        let isArray = random.chance(20)
        let hasGPU = random.chance(capacity.gpus.isEmpty ? 0 : 30)
        let candidate = Candidate(
            id: id,
            priority: .random(in: 0...2, using: &random),
            submitted: at(now),
            demand: Demand(
                cores: Int.random(in: 1...capacity.cores, using: &random),
                memory: MemorySize(
                    bytes: random.chance(50) ? 0 : .random(in: 1...16, using: &random)
                ),
                gpus: hasGPU ? GPURequest(count: 1) : nil
            ),
            estimate: random.chance(mix.wrong)
                ? .random(in: 1...Self.longest, using: &random) : runTime,
            limit: random.chance(60) ? .random(in: runTime...Self.longest, using: &random) : nil,
            isPreemptible: !isArray && random.chance(80),
            count: isArray ? Int.random(in: 2...5, using: &random) : 1,
            throttle: isArray && random.chance(50) ? Int.random(in: 1...2, using: &random) : nil
        )
        runTimes[id] = runTime
        waiting[id] = candidate
        planner.add(candidate)
    }

    private mutating func plan() {
        let plan = planner.plan(at: at(now))
        for stop in plan.stops {
            guard let run = runs.removeValue(forKey: stop.run) else {
                verify(false, "what stops does not run")
                continue
            }
            let slice = now - run.started
            verify(slice >= planner.scheme.preemption.minimumSlice, "stopped too early")
            verify(run.candidate.isPreemptible, "stopped against its will")
            runTimes[stop.job] = run.end - now
            waiting[stop.job] = run.candidate
            stopped.insert(stop.job)
        }
        for start in plan.starts { self.start(start) }
        if let next = planner.nextInstant(after: at(now)) {
            verify(next > at(now), "a timer in the past")
        }
        check(plan)
    }

    private mutating func start(_ start: Plan.Start) {
        guard var candidate = waiting[start.job] else {
            verify(false, "\(start.job) starts and does not wait")
            return
        }
        if !stopped.contains(start.job) {
            waits.append((start.job, candidate.submitted.milliseconds / 1000, now))
        }
        runs[start.run] = Run(
            candidate: candidate,
            gpus: start.gpus,
            started: now,
            end: now + (runTimes[start.job] ?? 1)
        )
        candidate.count -= 1
        waiting[start.job] = candidate.count > 0 ? candidate : nil
        if candidate.count == 0 { candidate.count = 1 }
    }

    // MARK: What must hold

    private mutating func check(_ plan: Plan) {
        checkCapacity()
        for (id, runs) in Dictionary(grouping: runs.values, by: \.candidate.id) {
            if let throttle = runs[0].candidate.throttle {
                verify(runs.count <= throttle, "\(id) runs too many tasks")
            }
        }
        verify(planner.waitingCount == waiting.count, "the planner has lost count")
        verify(planner.runCount == runs.count, "the planner has lost count of the runs")
        checkHead(of: plan)
        if planner.scheme.backfill.kind == .conservative { checkPlaces(after: plan) }
        let isFilled = planner.scheme.policy == .greedy && planner.scheme.maximumWait == nil
        if isFilled, reserved.isEmpty {
            for candidate in waiting.values where mayStart(candidate) {
                verify(!fits(candidate.demand), "\(candidate.id) waits for nothing")
            }
        }
    }

    private mutating func checkCapacity() {
        var cores = runs.values.reduce(0) { $0 + $1.candidate.demand.cores }
        var memory = runs.values.reduce(0) { $0 + $1.candidate.demand.memory.bytes }
        let gpus = runs.values.flatMap(\.gpus)
        verify(Set(gpus).count == gpus.count, "a GPU twice")
        for run in runs.values {
            verify(run.gpus.count == run.candidate.demand.gpus?.count ?? 0, "GPUs are missing")
        }
        // Only where estimates hold is nothing still running when a reserved time begins.
        if mix.wrong == 0 {
            for time in reserved where time.start <= at(now) && at(now) < time.end {
                cores += time.cores
                memory += time.memory.bytes
                verify(time.gpus.isDisjoint(with: gpus), "a GPU that is set aside")
            }
        }
        verify(cores <= capacity.cores && memory <= capacity.memory.bytes, "too much given out")
    }

    /// Nothing that goes in front of the first that waits delays it.
    private mutating func checkHead(of plan: Plan) {
        guard planner.scheme.backfill.kind == .easy, planner.scheme.backfill.window == nil,
            let head = plan.head,
            let start = head.expectedStart?.milliseconds
        else {
            lastHead = nil
            return
        }
        let isExcused =
            !plan.corrections.isEmpty || !plan.stops.isEmpty
            || plan.starts.contains { !$0.isBackfilled }
        if let last = lastHead, last.job == head.job, !isExcused {
            verify(start <= last.start, "\(head.job) is delayed")
        }
        lastHead = (head.job, start)
    }

    /// No kept place gets later but by a correction.
    private mutating func checkPlaces(after plan: Plan) {
        let forecast = planner.forecast(at: at(now), limit: 100)
        var places: [JobID: Int64] = [:]
        for item in forecast where item.isKept && waiting[item.job]?.count == 1 {
            places[item.job] = item.start?.milliseconds
        }
        // One that has waited as long as any may goes in front of all, which is a reason.
        if plan.corrections.isEmpty, planner.scheme.maximumWait == nil {
            for (id, start) in places {
                guard let last = lastPlaces[id] else { continue }
                verify(start <= max(last, now * 1000), "\(id) is delayed to \(start)")
            }
        }
        lastPlaces = places
    }

    private func mayStart(_ candidate: Candidate) -> Bool {
        guard let throttle = candidate.throttle else { return true }
        return runs.values.count { $0.candidate.id == candidate.id } < throttle
    }

    private func fits(_ demand: Demand) -> Bool {
        let held = runs.values.map(\.candidate.demand)
        let gpus = Set(capacity.gpus.map(\.index)).subtracting(runs.values.flatMap(\.gpus))
        return demand.cores + held.reduce(0) { $0 + $1.cores } <= capacity.cores
            && demand.memory.bytes + held.reduce(0) { $0 + $1.memory.bytes }
                <= capacity.memory.bytes
            && demand.gpus?.count ?? 0 <= gpus.count
    }

    mutating func verify(_ condition: Bool, _ comment: String) {
        if condition || hasFailed { return }
        hasFailed = true
        Issue.record("seed \(seed), second \(now): \(comment)")
    }
}
