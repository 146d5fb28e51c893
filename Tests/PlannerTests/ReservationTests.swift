import JobModel
import Planner
import Testing

/// Kept places, and capacity that is set aside; times in seconds.
struct ReservationTests {
    private func planner(_ backfill: Backfill, cores: Int = 4) throws -> Planner {
        Planner(
            capacity: Capacity(cores: cores, memory: MemorySize(bytes: 0)),
            scheme: try Scheme(.fifo, backfill: backfill)
        )
    }

    @Test func `conservative backfill delays none of those that wait`() throws {
        var planner = try planner(.conservative)
        planner.add(job(1, cores: 3, estimate: 100))
        planner.add(job(2, cores: 4, estimate: 100))
        planner.add(job(3, cores: 1, estimate: 300))
        planner.add(job(4, cores: 2, estimate: 100))
        let plan = planner.plan(at: at(0))
        #expect(plan.starts.map(\.job) == [id(1)])
        let forecast = planner.forecast(at: at(0), limit: 9)
        #expect(forecast.map(\.start) == [at(100), at(200), at(200)])
        #expect(planner.nextInstant(after: at(0)) == at(100))
        // An early end moves all places forward.
        planner.end(plan.starts[0].run)
        #expect(planner.started(at: 40) == [2])
        #expect(planner.forecast(at: at(40), limit: 9).map(\.start) == [at(140), at(140)])
    }

    @Test func `a place is kept when a job turns up that would rather have it`() throws {
        var planner = Planner(
            capacity: Capacity(cores: 4, memory: MemorySize(bytes: 0)),
            scheme: try Scheme(.sjf, backfill: .conservative)
        )
        planner.add(job(1, cores: 4, estimate: 100))
        planner.add(job(2, cores: 4, estimate: 500))
        #expect(planner.started(at: 0) == [1])
        planner.add(job(3, cores: 4, estimate: 10))
        _ = planner.plan(at: at(1))
        let starts = planner.forecast(at: at(1), limit: 9).map { ($0.job, $0.start) }
        #expect(starts.map(\.0) == [id(3), id(2)])
        #expect(starts.map(\.1) == [at(600), at(100)])
    }

    @Test func `places are kept for as many as the depth says, and the rest fills up`() throws {
        var planner = try planner(Backfill(.conservative, depth: 1))
        planner.add(job(1, cores: 3, estimate: 100))
        planner.add(job(2, cores: 4, estimate: 100))
        planner.add(job(3, cores: 4, estimate: 100))
        planner.add(job(4, cores: 1, estimate: 100))
        #expect(planner.started(at: 0) == [1, 4])
    }

    @Test func `no place is kept beyond the window`() throws {
        for (window, starts) in [(99, [1, 3]), (100, [1])] as [(Int64, [Int64])] {
            var planner = try planner(Backfill(.easy, window: window))
            planner.add(job(1, cores: 3, estimate: 100))
            planner.add(job(2, cores: 4, estimate: 100))
            planner.add(job(3, cores: 1, estimate: 101))
            #expect(planner.started(at: 0) == starts)
        }
    }

    @Test func `easy looks no deeper than it is told`() throws {
        var planner = try planner(Backfill(.easy, depth: 2))
        planner.add(job(1, cores: 3, estimate: 100))
        planner.add(job(2, cores: 4, estimate: 100))
        planner.add(job(3, cores: 2, estimate: 10))
        planner.add(job(4, cores: 2, estimate: 10))
        planner.add(job(5, cores: 1, estimate: 10))
        #expect(planner.started(at: 0) == [1])
        planner.remove(id(3))
        #expect(planner.started(at: 0) == [5])
    }

    @Test(arguments: [Backfill.none, .easy, .conservative])
    func `nothing starts that would run into capacity that is set aside`(backfill: Backfill) throws
    {
        var planner = try planner(backfill)
        planner.setReserved([ReservedTime(from: at(50), until: at(80), cores: 3)])
        planner.add(job(1, cores: 2, estimate: 51))
        #expect(planner.started(at: 0) == [])
        #expect(planner.plan(at: at(0)).head?.expectedStart == at(80))
        planner.add(job(2, cores: 2, estimate: 50))
        #expect(planner.started(at: 0) == (backfill == .none ? [] : [2]))
        #expect(planner.started(at: 80) == (backfill == .none ? [1, 2] : [1]))
    }

    @Test func `a timer that is a little late costs nobody a place`() throws {
        var planner = try planner(.conservative)
        planner.add(job(1, cores: 4, estimate: 100))
        planner.add(job(2, cores: 4, estimate: 100))
        planner.add(job(3, cores: 4, estimate: 100))
        let plan = planner.plan(at: at(0))
        planner.end(plan.starts[0].run)
        let late = planner.plan(at: Instant(milliseconds: 100_007))
        #expect(late.starts.map(\.job) == [id(2)])
        #expect(late.head?.expectedStart == at(200))
    }

    @Test func `an estimate that was too short is raised step by step, up to the limit`() {
        var planner = machine(cores: 1)
        var candidate = job(1, cores: 1, estimate: 100)
        candidate.limit = 1500
        planner.add(candidate)
        let run = planner.plan(at: at(0)).starts[0].run
        for (now, end) in [(100, 160), (160, 400), (400, 1000), (1000, 1500)] as [(Int64, Int64)] {
            #expect(planner.nextInstant(after: at(now - 1)) == at(now))
            let plan = planner.plan(at: at(now))
            #expect(plan.corrections.map(\.run) == [run])
            #expect(plan.corrections.map(\.expectedEnd) == [at(end)])
        }
        #expect(planner.nextInstant(after: at(1000)) == nil)
        #expect(planner.plan(at: at(1500)).corrections.isEmpty)
    }
}
