import JobModel
import Planner
import Testing

/// Each policy's order by an example; times in seconds.
struct PolicyTests {
    /// Four jobs that a busy machine of one core finds waiting at second 100.
    private func order(_ policy: Policy, weights: Weights = Weights()) throws -> [Int64] {
        let scheme = try Scheme(policy, backfill: .none, weights: weights, origin: at(0))
        var planner = Planner(
            capacity: Capacity(cores: 4, memory: MemorySize(bytes: 0)),
            scheme: scheme
        )
        let busy = planner.adopt(Demand(cores: 4), started: at(0), estimate: 100)
        planner.add(job(1, cores: 4, estimate: 50, submitted: 10))
        planner.add(job(2, cores: 1, estimate: 100, submitted: 0))
        planner.add(job(3, cores: 2, estimate: 20, priority: 1, submitted: 90))
        planner.add(job(4, cores: 4, estimate: 10, submitted: 95))
        #expect(planner.started(at: 95) == [])
        planner.end(busy)
        return planner.forecast(at: at(100), limit: 4).map(\.job.rawValue)
    }

    @Test func `fifo goes by submission`() throws {
        #expect(try order(.fifo) == [2, 1, 3, 4])
    }

    @Test(arguments: [Policy.sjf, .srtf, .greedy])
    func `the shortest goes first`(policy: Policy) throws {
        #expect(try order(policy) == [4, 3, 1, 2])
    }

    @Test func `saf goes by area, then by age`() throws {
        // 200, 100, 40, 40
        #expect(try order(.saf) == [3, 4, 2, 1])
    }

    @Test func `wfp3 goes by the cube of waiting over length, times the width`() throws {
        // 1.8³·4 = 23.3, 1, 0.25, 0.5
        #expect(try order(.wfp3) == [1, 2, 4, 3])
    }

    @Test func `unicep goes by waiting over length and the width's logarithm`() throws {
        // 90/(2·50) = 0.9, 100/(1·100) = 1, 10/20 = 0.5, 5/(2·10) = 0.25
        #expect(try order(.unicep) == [2, 1, 3, 4])
    }

    @Test func `f1 favours the early, the short and the narrow`() throws {
        // 6.8 + 906, 2 + 0, 2.6 + 1704, 4 + 1725
        #expect(try order(.f1) == [2, 1, 3, 4])
    }

    @Test func `multifactor goes by priority, then by age`() throws {
        #expect(try order(.multifactor) == [3, 2, 1, 4])
    }

    @Test func `multifactor adds points for age and size`() throws {
        // Of 3 points for 100 s: 2.7, 3, 0.3 + 1, 0.15.
        #expect(try order(.multifactor, weights: Weights(age: 3, maximumAge: 100)) == [2, 1, 3, 4])
        // Of 4 points for size: 4, 2.5, 3 + 1, 4.
        #expect(try order(.multifactor, weights: Weights(size: 4)) == [1, 3, 4, 2])
        #expect(
            try order(.multifactor, weights: Weights(size: 4, favorsSmall: true)) == [3, 2, 1, 4]
        )
    }

    @Test func `age earns no more points than it may`() throws {
        let weights = Weights(age: 2, maximumAge: 100)
        let scheme = try Scheme(.multifactor, backfill: .none, weights: weights)
        var planner = Planner(
            capacity: Capacity(cores: 1, memory: MemorySize(bytes: 0)),
            scheme: scheme
        )
        _ = planner.adopt(Demand(cores: 1), started: at(0), estimate: 10_000)
        planner.add(job(1, cores: 1, submitted: 0))
        planner.add(job(2, cores: 1, priority: 1, submitted: 80))
        for (second, first) in [(80, 1), (120, 1), (131, 2), (1000, 2)] as [(Int64, Int64)] {
            _ = planner.plan(at: at(second))
            #expect(planner.forecast(at: at(second), limit: 1).map(\.job) == [id(first)])
        }
    }

    // MARK: Preemption

    private func preemptive(gain: Double = 2, backfill: Backfill = .none) throws -> Planner {
        Planner(
            capacity: Capacity(cores: 4, memory: MemorySize(bytes: 0)),
            scheme: try Scheme(
                .srtf,
                backfill: backfill,
                preemption: Preemption(minimumSlice: 60, gain: gain)
            )
        )
    }

    private func stoppable(_ number: Int64, cores: Int, estimate: Int64) -> Candidate {
        var candidate = job(number, cores: cores, estimate: estimate)
        candidate.isPreemptible = true
        return candidate
    }

    @Test func `a much shorter job stops a running one after its slice, which then goes on`() throws
    {
        var planner = try preemptive()
        planner.add(stoppable(1, cores: 4, estimate: 1000))
        #expect(planner.started(at: 0) == [1])
        planner.add(stoppable(2, cores: 1, estimate: 100))
        #expect(planner.plan(at: at(59)).stops.isEmpty)
        #expect(planner.nextInstant(after: at(59)) == at(60))
        let plan = planner.plan(at: at(60))
        #expect(plan.stops.map(\.job) == [id(1)])
        #expect(plan.starts.map(\.job) == [id(2)])
        #expect(planner.candidate(id(1))?.progress == 60)
        planner.end(plan.starts[0].run)
        let resumed = planner.plan(at: at(160))
        #expect(resumed.starts.map(\.job) == [id(1)])
        #expect(planner.expectedEnd(of: resumed.starts[0].run) == at(160 + 940))
    }

    @Test func `a job that is not much shorter waits`() throws {
        var planner = try preemptive()
        planner.add(stoppable(1, cores: 4, estimate: 1000))
        #expect(planner.started(at: 0) == [1])
        planner.add(stoppable(2, cores: 1, estimate: 451))
        #expect(planner.plan(at: at(100)).stops.isEmpty)
    }

    @Test func `what may not be stopped, or would not help, is left alone`() throws {
        var planner = try preemptive()
        planner.add(job(1, cores: 2, estimate: 1000))
        planner.add(stoppable(2, cores: 2, estimate: 1000))
        #expect(planner.started(at: 0) == [1, 2])
        planner.add(stoppable(3, cores: 4, estimate: 10))
        #expect(planner.plan(at: at(100)).stops.isEmpty, "two cores would not do")
        planner.remove(id(3))
        planner.add(stoppable(4, cores: 2, estimate: 10))
        #expect(planner.plan(at: at(100)).stops.map(\.job) == [id(2)])
    }

    // MARK: Waiting as long as any may

    @Test(arguments: [Policy.sjf, .greedy, .saf, .wfp3])
    func `a job that has waited long enough goes first and has its place kept`(policy: Policy)
        throws
    {
        let scheme = try Scheme(policy, backfill: .none, maximumWait: 50)
        var planner = Planner(
            capacity: Capacity(cores: 4, memory: MemorySize(bytes: 0)),
            scheme: scheme
        )
        let busy = planner.adopt(Demand(cores: 2), started: at(0), estimate: 100, limit: 100)
        planner.add(job(1, cores: 4, estimate: 1000))
        planner.add(job(2, cores: 2, estimate: 10))
        let first = planner.plan(at: at(0))
        planner.add(job(3, cores: 2, estimate: 90))
        planner.add(job(4, cores: 2, estimate: 91))
        #expect(planner.nextInstant(after: at(10)) == at(50))
        for start in first.starts { planner.end(start.run) }
        let plan = planner.plan(at: at(50))
        #expect(plan.head?.job == id(1))
        #expect(plan.head?.expectedStart == at(100))
        #expect(!plan.starts.contains { $0.job == id(3) || $0.job == id(4) })
        planner.end(busy)
        #expect(planner.started(at: 60) == [1])
    }
}
