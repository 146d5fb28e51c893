import JobModel
import Planner
import Testing

/// What `queue` is told of starts to come; times in seconds.
struct ForecastTests {
    @Test func `each waiting job gets the earliest place behind those in front of it`() {
        var planner = machine(cores: 4)
        planner.add(job(1, cores: 4, estimate: 10))
        planner.add(job(2, cores: 3, estimate: 10))
        planner.add(job(3, cores: 3, estimate: 10))
        planner.add(job(4, cores: 1, estimate: 20))
        planner.add(job(5, cores: 1, estimate: 1))
        #expect(planner.started(at: 0) == [1])
        #expect(planner.expected(at: 5) == [2: 10, 3: 20, 4: 10, 5: 30])
    }

    @Test func `a job that fits and only waits for a plan is expected now`() {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1, estimate: 10))
        #expect(planner.expected(at: 5) == [1: 5])
    }

    @Test func `behind a job without a limit no start is known`() {
        var planner = machine(cores: 2)
        planner.add(job(1, cores: 1))
        planner.add(job(2, cores: 2, estimate: 10))
        planner.add(job(3, cores: 1, estimate: 10))
        #expect(planner.started(at: 0) == [1])
        let forecast = planner.forecast(at: at(1), limit: 10)
        #expect(forecast.map(\.job) == [id(2), id(3)])
        #expect(forecast.map(\.start) == [nil, nil])
    }

    @Test func `a waiting job without a limit hides the starts of those that need its place`() {
        var planner = machine(cores: 2)
        planner.add(job(1, cores: 2, estimate: 10))
        planner.add(job(2, cores: 1))
        planner.add(job(3, cores: 1, estimate: 7))
        planner.add(job(4, cores: 2, estimate: 10))
        #expect(planner.started(at: 0) == [1])
        #expect(planner.forecast(at: at(1), limit: 10).map(\.start) == [at(10), at(10), nil])
    }

    @Test func `GPUs must be the same ones all the while`() {
        var planner = machine(cores: 8, gpus: [nil, nil])
        _ = planner.adopt(oneGPU, gpus: [0], started: at(0), estimate: 10)
        _ = planner.adopt(oneGPU, gpus: [1], started: at(0), estimate: 20)
        planner.add(job(1, cores: 1, gpus: 1, estimate: 10))
        planner.add(job(2, cores: 1, gpus: 1, estimate: 100))
        planner.add(job(3, cores: 1, gpus: 2, estimate: 100))
        #expect(planner.started(at: 0) == [])
        #expect(planner.expected(at: 0) == [1: 10, 2: 20, 3: 120])
    }

    @Test func `of an array only the next task is forecast, and none at its throttle`() {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1, estimate: 10, count: 2, throttle: 1))
        planner.add(job(2, cores: 1, estimate: 10, count: 1000))
        #expect(planner.started(at: 0) == [1])
        #expect(planner.expected(at: 0) == [2: 10])
    }

    @Test func `no more are forecast than asked for`() {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1, estimate: 10))
        for number in Int64(2)...9 { planner.add(job(number, cores: 1, estimate: number)) }
        #expect(planner.started(at: 0) == [1])
        #expect(planner.expected(at: 0, limit: 3) == [2: 10, 3: 12, 4: 15])
        #expect(planner.expected(at: 0, limit: 0) == [:])
    }

    private var oneGPU: Demand { Demand(cores: 1, gpus: GPURequest(count: 1)) }
}

extension Planner {
    /// The forecast in seconds, by the candidate's number; those without a start are left out.
    fileprivate func expected(at seconds: Int64, limit: Int = 100) -> [Int64: Int64] {
        let forecast = forecast(at: Instant(milliseconds: seconds * 1000), limit: limit)
        return Dictionary(
            uniqueKeysWithValues: forecast.compactMap { item in
                item.start.map { (item.job.rawValue, $0.milliseconds / 1000) }
            }
        )
    }
}
