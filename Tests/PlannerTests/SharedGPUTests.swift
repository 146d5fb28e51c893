import JobModel
import Planner
import SeededRandom
import Testing

/// GPUs that several jobs share.
struct SharedGPUTests {
    /// Two GPUs with 40 bytes of memory, one with 16, and one that tells none.
    private static let capacity = Capacity(
        cores: 8,
        memory: MemorySize(bytes: 0),
        gpus: [40, 40, 16, nil].enumerated().map { index, bytes in
            Capacity.GPU(
                index: index,
                type: bytes == 16 ? "t4" : "a100",
                memory: bytes.map { MemorySize(bytes: $0) }
            )
        }
    )

    private let planner = Planner(capacity: capacity)

    private func share(
        _ number: Int64,
        of bytes: Int64,
        type: String? = nil,
        estimate: Int64? = nil
    ) -> Candidate {
        let request = GPURequest(count: 1, type: type, memory: MemorySize(bytes: bytes))
        return Candidate(
            id: id(number),
            submitted: at(0),
            demand: Demand(cores: 1, gpus: request),
            estimate: estimate,
            limit: estimate
        )
    }

    private func starts(_ planner: inout Planner, at seconds: Int64 = 0) -> [Int64: [Int]] {
        let plan = planner.plan(at: at(seconds))
        return Dictionary(uniqueKeysWithValues: plan.starts.map { ($0.job.rawValue, $0.gpus) })
    }

    @Test func `jobs share a GPU as far as its memory goes`() {
        var planner = planner
        for (number, bytes) in [(1, 20), (2, 15), (3, 10), (4, 5)] as [(Int64, Int64)] {
            planner.add(share(number, of: bytes))
        }
        #expect(starts(&planner) == [1: [0], 2: [0], 3: [1], 4: [0]])
    }

    @Test func `a share is never on a GPU that is given whole, nor the other way round`() {
        var planner = planner
        planner.add(job(1, cores: 1, gpus: 1))
        planner.add(share(2, of: 10))
        planner.add(job(3, cores: 1, gpus: 2))
        #expect(starts(&planner) == [1: [0], 2: [1], 3: [2, 3]])
        planner.add(share(4, of: 10, type: "t4"))
        planner.add(share(5, of: 30))
        #expect(starts(&planner) == [5: [1]])
    }

    @Test func `a GPU that is too small, or tells no memory, is not shared`() {
        var planner = planner
        planner.add(share(1, of: 17, type: "t4"))
        planner.add(share(2, of: 41))
        #expect(starts(&planner) == [:])
        #expect(planner.reason(for: id(1)) == .partitionConfig)
        for number in Int64(3)...6 { planner.add(share(number, of: 20, type: "a100")) }
        planner.add(share(7, of: 1, type: "a100"))
        #expect(starts(&planner) == [3: [0], 4: [0], 5: [1], 6: [1]])
    }

    @Test func `a GPU is whole again when the last that shared it has ended`() throws {
        var planner = planner
        planner.add(share(1, of: 10, type: "t4"))
        planner.add(share(2, of: 6, type: "t4"))
        let runs = planner.plan(at: at(0)).starts.map(\.run)
        planner.add(job(3, cores: 1, gpus: 1, type: "t4"))
        try #require(runs.count == 2)
        planner.end(runs[1])
        #expect(starts(&planner) == [:])
        planner.end(runs[0])
        #expect(starts(&planner) == [3: [2]])
    }

    @Test func `nobody joins on a GPU that is kept for one who wants it whole`() {
        var planner = planner
        planner.add(share(1, of: 10, type: "t4", estimate: 100))
        #expect(starts(&planner) == [1: [2]])
        planner.add(job(2, cores: 1, gpus: 1, type: "t4"))
        planner.add(share(3, of: 2, type: "t4", estimate: 101))
        planner.add(share(4, of: 2, type: "t4", estimate: 100))
        planner.add(share(5, of: 2, type: "t4"))
        #expect(starts(&planner) == [4: [2]])
        #expect(planner.forecast(at: at(0), limit: 1).first?.start == at(100))
    }

    @Test func `shares without a limit cannot keep one for ever who wants a GPU whole`() {
        var planner = planner
        planner.add(share(1, of: 10, type: "t4"))
        #expect(starts(&planner) == [1: [2]])
        planner.add(job(2, cores: 1, gpus: 1, type: "t4"))
        planner.add(share(3, of: 2, type: "t4", estimate: 1))
        planner.add(share(4, of: 2))
        #expect(starts(&planner) == [4: [0]])
    }

    @Test func `what runs is counted with its share after a restart`() {
        var planner = planner
        let held = GPURequest(count: 1, memory: MemorySize(bytes: 30))
        let run = planner.adopt(
            Demand(cores: 1, gpus: held),
            gpus: [0],
            started: at(0),
            estimate: nil
        )
        planner.add(share(1, of: 11, type: "a100"))
        planner.add(share(2, of: 10, type: "a100"))
        planner.add(job(3, cores: 1, gpus: 1, type: "a100"))
        #expect(starts(&planner) == [1: [1], 2: [0], 3: [3]])
        planner.end(run)
        planner.add(share(4, of: 30, type: "a100"))
        #expect(starts(&planner) == [4: [0]])
    }

    @Test func `a GPU in use from outside is not shared either`() throws {
        var planner = planner
        planner.add(share(1, of: 10, type: "t4"))
        let run = try #require(planner.plan(at: at(0)).starts.first?.run)
        planner.setUnavailable(gpus: [2])
        planner.add(share(2, of: 2, type: "t4"))
        #expect(starts(&planner) == [:])
        #expect(planner.reason(for: id(2)) == .reqNodeNotAvail)
        planner.setUnavailable(gpus: [])
        planner.end(run)
        #expect(starts(&planner) == [2: [2]])
    }

    private static let schemes: [Scheme] = {
        let plain: [(Policy, Backfill.Kind)] = [
            (.multifactor, .easy), (.fifo, .none), (.fifo, .easy), (.fifo, .conservative),
            (.sjf, .easy), (.sjf, .conservative), (.greedy, .none), (.srtf, .easy),
        ]
        return plain.compactMap { policy, kind in
            try? Scheme(policy, backfill: Backfill(kind), maximumWait: policy == .sjf ? 50 : nil)
        }
    }()

    @Test(arguments: schemes)
    func `no GPU is given out twice, and all get their turn`(_ scheme: Scheme) {
        #expect(Self.schemes.count == 8)
        for seed in UInt64(1)...60 {
            var workload = SharedWorkload(seed: seed, scheme: scheme, capacity: Self.capacity)
            workload.run()
        }
    }
}

/// A random workload in which some share GPUs and some have them whole.
private struct SharedWorkload {
    private struct Held {
        var job: Candidate
        var run: RunID
        var gpus: [Int]
        var end: Int64
    }

    private let seed: UInt64
    private let scheme: Scheme
    private let capacity: Capacity
    private var random: SeededGenerator
    private var planner: Planner
    private var waiting: [JobID: Candidate] = [:]
    private var held: [Held] = []
    private var now: Int64 = 0

    init(seed: UInt64, scheme: Scheme, capacity: Capacity) {
        self.seed = seed
        self.scheme = scheme
        self.capacity = capacity
        random = SeededGenerator(seed: seed)
        planner = Planner(capacity: capacity, scheme: scheme)
    }

    mutating func run() {
        for number in Int64(1)...30 {
            submit(number)
            if Int.random(in: 0...2, using: &random) == 0 { advance() }
        }
        var steps = 0
        while !waiting.isEmpty || !held.isEmpty, steps < 2000 {
            advance()
            steps += 1
        }
        #expect(waiting.keys.isEmpty, "seed \(seed): these never start")
    }

    private mutating func submit(_ number: Int64) {
        let estimate = Int64.random(in: 1...60, using: &random)
        let gpus: GPURequest? =
            switch Int.random(in: 0...5, using: &random) {
            case 0: nil
            case 1: GPURequest(count: Int.random(in: 1...4, using: &random))
            case 2: GPURequest(count: 1, type: "t4")
            default:
                GPURequest(
                    count: 1,
                    type: Bool.random(using: &random) ? "a100" : nil,
                    memory: MemorySize(bytes: .random(in: 1...30, using: &random))
                )
            }
        let job = Candidate(
            id: id(number),
            submitted: at(now),
            demand: Demand(cores: .random(in: 1...3, using: &random), gpus: gpus),
            estimate: estimate,
            limit: estimate,
            isPreemptible: Bool.random(using: &random)
        )
        waiting[job.id] = job
        planner.add(job)
        plan()
    }

    /// Goes on to the next end, which is sometimes early, and plans.
    private mutating func advance() {
        if held.isEmpty {
            now += 1
        } else if Int.random(in: 0...3, using: &random) == 0 {
            finish(Int.random(in: held.indices, using: &random))
        } else {
            now = max(now, held.map(\.end).min() ?? now)
            while let due = held.firstIndex(where: { $0.end <= now }) { finish(due) }
        }
        plan()
    }

    private mutating func finish(_ place: Int) {
        planner.end(held.remove(at: place).run)
    }

    private mutating func plan() {
        let plan = planner.plan(at: at(now))
        for stop in plan.stops {
            guard let place = held.firstIndex(where: { $0.run == stop.run }) else { continue }
            let job = held.remove(at: place).job
            waiting[job.id] = job
        }
        for start in plan.starts {
            guard let job = waiting.removeValue(forKey: start.job) else {
                Issue.record("seed \(seed): \(start.job) does not wait")
                continue
            }
            let end = now + (job.estimate ?? 0)
            held.append(Held(job: job, run: start.run, gpus: start.gpus, end: end))
            #expect(start.gpus.count == job.demand.gpus?.count ?? 0, "seed \(seed)")
        }
        check()
        // A place that is kept is moved forward once at each end, and perhaps not up to now.
        guard held.isEmpty, scheme.backfill.kind != .conservative else { return }
        #expect(waiting.keys.isEmpty, "seed \(seed): nothing runs")
    }

    private func check() {
        #expect(held.reduce(0) { $0 + $1.job.demand.cores } <= capacity.cores, "seed \(seed)")
        for gpu in capacity.gpus {
            let holders = held.filter { $0.gpus.contains(gpu.index) }.map(\.job.demand.gpus)
            let shares = holders.compactMap { $0?.memory?.bytes }
            #expect(shares.reduce(0, +) <= gpu.memory?.bytes ?? 0, "seed \(seed), GPU \(gpu.index)")
            let whole = holders.count - shares.count
            #expect(whole == 0 || holders.count == 1, "seed \(seed), GPU \(gpu.index)")
        }
    }
}
