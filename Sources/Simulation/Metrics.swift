/// What a replay comes to: how long jobs waited, and how well the machine was used.
///
/// Times in seconds. Every job of the workload counts; there is no warm-up. Sums are exact, or
/// compensated where their terms are no integers (Neumaier, ZAMM 1974).
public struct Metrics: Hashable, Sendable {
    /// How many jobs there were.
    public var jobs: Int
    /// The mean wait: what a job took from its submission beyond its run time.
    public var meanWait: Double
    /// The median wait; the mean of the two in the middle where there are two.
    public var medianWait: Double
    /// The wait that 95 % of the jobs did not exceed.
    public var p95Wait: Int64
    /// The longest wait.
    public var maxWait: Int64
    /// The mean slowdown: the time from submission to end, divided by the run time.
    public var meanSlowdown: Double
    /// The same with run times of at least 10 s, and at least 1 for each job.
    public var meanBoundedSlowdown: Double
    /// The part of all processors that was in use, 0 to 1, between first submission and last end.
    public var utilization: Double
    /// The time from the first submission to the last end.
    public var makespan: Int64
    /// How many jobs first started in front of one that still waited.
    public var backfilled: Int
    /// How many times a running job was stopped for another.
    public var preemptions: Int
    /// How many times an estimate was outlived and corrected.
    public var corrections: Int
    /// Jain's index over the users' mean bounded slowdowns.
    ///
    /// 1 where all are treated alike, 1/n where one of n bears everything. Jobs of unknown users
    /// count as one user's.
    public var userFairness: Double

    /// The metrics of a workload's replay; of no jobs, all are 0.
    ///
    /// - Parameters:
    ///   - result: what became of these jobs, in the same order.
    ///   - processors: the machine's, 1 or more.
    public init(of workload: [WorkloadJob], _ result: ReplayResult, processors: Int) {
        precondition(workload.count == result.outcomes.count, "a result of another workload")
        var waits: [Int64] = []
        waits.reserveCapacity(workload.count)
        var slowdowns = CompensatedSum()
        var boundedSlowdowns = CompensatedSum()
        var users: [Int64: (sum: CompensatedSum, count: Int)] = [:]
        var totalWait: Int128 = 0
        var area: Int128 = 0
        for (job, outcome) in zip(workload, result.outcomes) {
            let runTime = min(job.runTime, job.limit ?? .max)
            let turnaround = outcome.end - job.submit
            let bounded = max(1, Double(turnaround) / Double(max(runTime, 10)))
            waits.append(turnaround - runTime)
            totalWait += Int128(turnaround - runTime)
            area += Int128(runTime) * Int128(job.processors)
            slowdowns.add(Double(turnaround) / Double(runTime))
            boundedSlowdowns.add(bounded)
            users[job.user ?? -1, default: (CompensatedSum(), 0)].sum.add(bounded)
            users[job.user ?? -1]?.count += 1
        }
        waits.sort()
        let count = Double(max(1, waits.count))
        let middle = waits.count / 2
        jobs = waits.count
        meanWait = Double(totalWait) / count
        medianWait =
            waits.isEmpty
            ? 0
            : waits.count % 2 == 1
                ? Double(waits[middle]) : Double(waits[middle - 1] + waits[middle]) / 2
        p95Wait = waits.isEmpty ? 0 : waits[(95 * waits.count + 99) / 100 - 1]
        maxWait = waits.last ?? 0
        meanSlowdown = slowdowns.value / count
        meanBoundedSlowdown = boundedSlowdowns.value / count
        let first = workload.lazy.map(\.submit).min() ?? 0
        makespan = (result.outcomes.lazy.map(\.end).max() ?? first) - first
        utilization =
            makespan > 0 ? Double(area) / Double(Int128(processors) * Int128(makespan)) : 0
        backfilled = result.backfilled
        preemptions = result.preemptions
        corrections = result.corrections
        userFairness = Self.fairness(users.map { ($0, $1.sum.value / Double($1.count)) })
    }

    /// Jain's index: (Σx)²/(n·Σx²) (Jain, Chiu, Hawe, 1984).
    private static func fairness(_ means: [(user: Int64, mean: Double)]) -> Double {
        var sum = CompensatedSum()
        var squares = CompensatedSum()
        // In order of the users, so that the last digit does not hang on a dictionary's order.
        for (_, mean) in means.sorted(by: { $0.user < $1.user }) {
            sum.add(mean)
            squares.add(mean * mean)
        }
        guard squares.value > 0 else { return 0 }
        return sum.value * sum.value / (Double(means.count) * squares.value)
    }
}

/// A sum that carries along what each addition loses.
private struct CompensatedSum {
    private var sum = 0.0
    private var lost = 0.0

    var value: Double { sum + lost }

    mutating func add(_ term: Double) {
        let total = sum + term
        lost += sum.magnitude >= term.magnitude ? (sum - total) + term : (term - total) + sum
        sum = total
    }
}
