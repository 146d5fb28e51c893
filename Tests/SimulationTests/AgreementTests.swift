import Planner
import Simulation
import Testing

/// Thousands of small workloads, replayed through the planner and by the naive simulator.
struct AgreementTests {
    struct Combination: CustomTestStringConvertible, Sendable {
        var policy: Policy
        var backfill: Backfill
        var estimates: ReplayOptions.Estimates

        var testDescription: String { "\(policy) \(backfill.kind) \(estimates)" }

        /// All that make sense.
        static let all: [Combination] = Policy.allCases.flatMap { policy in
            Backfill.Kind.allCases.flatMap { kind in
                ReplayOptions.Estimates.allCases.compactMap { estimates in
                    let backfill = Backfill(kind)
                    guard (try? Scheme(policy, backfill: backfill)) != nil else { return nil }
                    return Combination(policy: policy, backfill: backfill, estimates: estimates)
                }
            }
        }
    }

    @Test(arguments: Combination.all)
    func `two simulators agree on every start and end`(combination: Combination) throws {
        var starts = 0
        for seed in UInt64(1)...60 {
            let workload = try RandomWorkload(
                seed: seed,
                combination.policy,
                combination.backfill,
                combination.estimates
            )
            var naive = NaiveSimulator(workload.jobs, workload.options)
            naive.run()
            let result = try Replay.run(workload.jobs, workload.options)
            var found = result.outcomes.map {
                NaiveSimulator.Outcome(end: $0.end, isBackfilled: $0.isBackfilled)
            }
            for interval in result.intervals.sorted(by: { $0.start < $1.start }) {
                found[interval.job].starts.append(interval.start)
                starts += 1
            }
            #expect(found == naive.outcomes, "seed \(seed)")
            #expect(result.corrections == naive.corrections, "seed \(seed)")
            #expect(result.preemptions == naive.preemptions, "seed \(seed)")
            if found != naive.outcomes { return }
        }
        #expect(starts > 600, "the workloads are too thin")
    }
}
