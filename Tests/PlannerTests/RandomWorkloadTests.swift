import Testing

/// Thousands of small workloads, each event of them seen by two planners.
///
/// Compared start by start, and checked after each plan: nothing given out twice, throttles held,
/// the head never delayed, nothing waiting for nothing, reasons and expected starts.
struct RandomWorkloadTests {
    @Test func `two planners agree on random workloads`() {
        run(seeds: 1...600, mix: Scenario.Mix())
    }

    @Test func `two planners agree where every estimate holds`() {
        run(seeds: 10_001...10_300, mix: Scenario.Mix(unlimited: 0, disturbances: 0))
    }

    @Test func `two planners agree where few jobs have a limit`() {
        run(seeds: 20_001...20_300, mix: Scenario.Mix(unlimited: 70, disturbances: 10))
    }

    @Test func `two planners agree whichever GPUs are picked`() {
        run(seeds: 30_001...30_300, mix: Scenario.Mix(picksHighest: true))
    }

    private func run(seeds: ClosedRange<UInt64>, mix: Scenario.Mix) {
        var starts = 0
        var backfills = 0
        for seed in seeds {
            var scenario = Scenario(seed: seed, mix: mix)
            for _ in 0..<15 { scenario.step() }
            starts += scenario.startCount
            backfills += scenario.backfillCount
        }
        print("seeds \(seeds): \(starts) starts, \(backfills) of them backfilled")
        #expect(starts > 5 * seeds.count && backfills > seeds.count, "the workloads are too thin")
    }
}
