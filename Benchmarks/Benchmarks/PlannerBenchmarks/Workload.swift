import JobModel
import Planner

/// A long queue on one machine: 64 cores and 8 GPUs, 200 shapes, all cores taken.
final class Workload {
    static let capacity = Capacity(
        cores: 64,
        memory: MemorySize(bytes: 512 << 30),
        gpus: (0..<8).map { Capacity.GPU(index: $0) }
    )

    var planner: Planner
    private var random = Random(state: 1)
    private var lastID: Int64 = 0
    private var running: [RunID] = []
    private var now: Int64 = 0

    /// So many wait, and the machine is full.
    init(pending: Int, scheme: Scheme = .plain) {
        planner = Planner(capacity: Self.capacity, scheme: scheme)
        for _ in 0..<pending { submit() }
        plan()
    }

    func submit() {
        lastID += 1
        planner.add(candidate(JobID(rawValue: lastID)))
    }

    /// One run ends, one job comes, one plan is made.
    func step() {
        now += 1000
        if !running.isEmpty {
            planner.end(running.remove(at: random.below(running.count)))
        }
        submit()
        plan()
    }

    func plan() {
        let plan = planner.plan(at: Instant(milliseconds: now))
        let stopped = Set(plan.stops.map(\.run))
        running.removeAll { stopped.contains($0) }
        running += plan.starts.map(\.run)
    }

    /// Everything that runs ends, so that the whole machine is to be given out.
    func clear() {
        now += 1000
        for run in running { planner.end(run) }
        running = []
    }

    private func candidate(_ id: JobID) -> Candidate {
        // 200 shapes: 25 of cores and memory, each with 8 kinds of GPU requests.
        let shape = random.below(200)
        let cores = 1 + shape % 25
        let gpus = [0, 0, 0, 0, 0, 1, 2, 4][shape / 25]
        let memory = MemorySize(bytes: Int64(1 + shape / 25) << 30)
        let estimate = Int64(60 * (1 + random.below(2000)))
        return Candidate(
            id: id,
            submitted: Instant(milliseconds: now),
            demand: Demand(
                cores: cores,
                memory: memory,
                gpus: gpus == 0 ? nil : GPURequest(count: gpus)
            ),
            estimate: estimate,
            limit: 2 * estimate
        )
    }
}

/// Numbers that come again in every run (SplitMix64).
private struct Random {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((bits ^ (bits >> 31)) % UInt64(bound))
    }
}
