import CommandLineSupport
import JobModel
import Planner
import Simulation
import Testing

@testable import simulate

/// Figures, and how they are written.
struct FiguresTests {
    private static func outcomes(_ ends: [Int64]) -> ReplayResult {
        ReplayResult(
            outcomes: ends.map { .init(start: 0, end: $0, isBackfilled: false) },
            intervals: [],
            backfilled: 4,
            preemptions: 5,
            corrections: 6
        )
    }

    private static func jobs(_ runTimes: [Int64], users: [Int64?] = []) -> [WorkloadJob] {
        runTimes.enumerated().map { place, runTime in
            WorkloadJob(
                number: Int64(place),
                submit: 10,
                runTime: runTime,
                processors: 2,
                user: place < users.count ? users[place] : 1
            )
        }
    }

    @Test func `waits have a mean, a median, a longest and one at 95 %`() {
        let jobs = Self.jobs(Array(repeating: 1, count: 20))
        let ends = (1...20).map { Int64(11 + $0 * $0) }
        let metrics = Metrics(of: jobs, Self.outcomes(ends), processors: 4)
        #expect(metrics.meanWait == 143.5)
        #expect(metrics.medianWait == 110.5)
        #expect(metrics.p95Wait == 361 && metrics.maxWait == 400)
        #expect(metrics.makespan == 401 && metrics.utilization == 40.0 / 1604)
        #expect(metrics.backfilled == 4 && metrics.preemptions == 5 && metrics.corrections == 6)
    }

    @Test func `the median of an odd number is the one in the middle`() {
        let metrics = Metrics(
            of: Self.jobs([1, 1, 1]),
            Self.outcomes([11, 14, 111]),
            processors: 1
        )
        #expect(metrics.medianWait == 3 && metrics.p95Wait == 100)
    }

    @Test func `short run times do not inflate the bounded slowdown`() {
        let metrics = Metrics(of: Self.jobs([1, 100]), Self.outcomes([15, 310]), processors: 2)
        #expect(metrics.meanSlowdown == 4)
        #expect(metrics.meanBoundedSlowdown == 2)
    }

    @Test func `fairness counts users, those unknown as one`() {
        let jobs = Self.jobs([100, 100, 100, 100], users: [1, 1, nil, nil])
        let even = Metrics(of: jobs, Self.outcomes([210, 410, 310, 310]), processors: 1)
        #expect(even.userFairness == 1)
        let uneven = Metrics(of: jobs, Self.outcomes([110, 110, 310, 310]), processors: 1)
        #expect(uneven.userFairness == 0.8)
    }

    @Test func `no jobs make no figures`() {
        let metrics = Metrics(of: [], Self.outcomes([]), processors: 1)
        #expect(metrics.meanWait == 0 && metrics.p95Wait == 0 && metrics.utilization == 0)
        #expect(metrics.makespan == 0 && metrics.userFairness == 0)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "1"), (-2.5, "-2.5"), (0.1234567, "0.123457"), (0.9999999, "1"),
            (-0.0000001, "0"), (1e15, "1000000000000000"), (19.000001, "19.000001"), (.nan, "0"),
            (.infinity, "0"), (1e30, "0"),
        ] as [(Double, String)]
    )
    func `decimals are rounded to six places`(value: Double, text: String) {
        #expect(Report.decimal(value, 6) == text)
    }

    @Test func `changes are read from words`() throws {
        #expect(
            try Change.list(parsing: "gpus=+1,cpus=8,memory=-2G")
                == [
                    .gpus(.init(value: 1, isRelative: true)),
                    .cpus(.init(value: 8, isRelative: false)),
                    .memory(.init(value: -2 << 30, isRelative: true)),
                ]
        )
        #expect(
            try Change.list(parsing: "policy=sjf,backfill=none,estimates=predicted")
                == [.policy(.sjf), .backfill(.none), .estimates(.predicted)]
        )
    }

    @Test func `amounts stay within what there can be`() {
        let less = Change.Amount(value: -10, isRelative: true)
        let more = Change.Amount(value: .max, isRelative: true)
        let exact = Change.Amount(value: 500, isRelative: false)
        #expect(less.applied(to: 4, in: 0...100) == 0 && less.applied(to: 14, in: 0...100) == 4)
        #expect(more.applied(to: 4, in: 0...100) == 100 && exact.applied(to: 4, in: 0...100) == 100)
    }
}
