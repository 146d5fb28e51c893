import Planner
import SeededRandom
import Simulation

/// A small workload of random jobs, the same for the same seed.
struct RandomWorkload {
    var jobs: [WorkloadJob] = []
    var options: ReplayOptions

    /// Jobs that come in clumps, of few users, some of them running past what they said.
    init(
        seed: UInt64,
        _ policy: Policy,
        _ backfill: Backfill,
        _ estimates: ReplayOptions.Estimates
    ) throws {
        var random = SeededGenerator(seed: seed)
        let processors = Int.random(in: 1...16, using: &random)
        let unit = random.pick([1, 60, 600] as [Int64])
        var submit = Int64.random(in: 0...100, using: &random)
        for number in 0..<Int64.random(in: 1...30, using: &random) {
            if random.chance(60) { submit += unit * .random(in: 0...8, using: &random) }
            let runTime = unit * Int64.random(in: 1...20, using: &random)
            let limit = runTime * Int64.random(in: 1...4, using: &random) / 2
            jobs.append(
                WorkloadJob(
                    number: number,
                    submit: submit,
                    runTime: runTime,
                    processors: random.chance(70)
                        ? .random(in: 1...max(1, processors / 3), using: &random)
                        : .random(in: 1...processors, using: &random),
                    limit: random.chance(75) ? max(1, limit) : nil,
                    user: random.chance(90) ? .random(in: 0...2, using: &random) : nil
                )
            )
        }
        let preemption = Preemption(
            minimumSlice: unit * random.pick([0, 1, 3]),
            gain: random.pick([1, 1.5, 2])
        )
        options = ReplayOptions(
            scheme: try Scheme(policy, backfill: backfill, preemption: preemption),
            processors: processors,
            estimates: estimates,
            defaultEstimate: unit * .random(in: 1...20, using: &random)
        )
    }
}
