import JobModel
import Planner
import SeededRandom
import Testing

/// What holds under every scheme, on random jobs with arrays, memory and GPUs.
struct InvariantTests {
    static let schemes: [Scheme] = Policy.allCases.flatMap { policy in
        let backfills = [
            Backfill.none, .easy, .conservative, Backfill(.easy, depth: 3, window: 300),
            Backfill(.conservative, depth: 3, window: 900),
        ]
        return backfills.compactMap { backfill in
            try? Scheme(
                policy,
                backfill: backfill,
                preemption: Preemption(minimumSlice: 60),
                weights: Weights(age: 10, size: 5, maximumAge: 600)
            )
        }
    }

    static let impatient: [Scheme] = schemes.compactMap { scheme in
        try? Scheme(
            scheme.policy,
            backfill: scheme.backfill,
            preemption: scheme.preemption,
            weights: scheme.weights,
            maximumWait: 1200
        )
    }

    @Test(arguments: schemes)
    func `nothing is given out twice, and nobody is delayed without a reason`(scheme: Scheme) {
        for seed in UInt64(1)...8 { run(World(seed: seed, scheme)) }
    }

    @Test(arguments: schemes)
    func `where estimates hold, capacity that is set aside is free when its time comes`(
        scheme: Scheme
    ) {
        for seed in UInt64(101)...106 {
            run(World(seed: seed, scheme, World.Mix(wrong: 0, hasReserved: true)))
        }
    }

    @Test(arguments: impatient)
    func `nobody waits for ever, whatever the estimates say`(scheme: Scheme) {
        for seed in UInt64(201)...204 {
            var world = World(seed: seed, scheme, World.Mix(cancels: false, jobs: 80))
            for _ in 0..<10_000 where !world.isOver { world.step() }
            #expect(world.isOver, "seed \(seed)")
            let bound = scheme.maximumWait ?? 0
            for wait in world.waits {
                // Each of those that came before it may take twice the longest run, at worst.
                let before = world.waits.count {
                    $0.submitted <= wait.submitted && $0.started > wait.submitted + bound
                }
                let latest = wait.submitted + bound + Int64(before + 1) * 2 * World.longest
                #expect(wait.started <= latest, "seed \(seed), job \(wait.job)")
            }
        }
    }

    @Test func `a scheme may change at any time`() {
        for seed in UInt64(301)...330 {
            var random = SeededGenerator(seed: seed)
            var world = World(seed: seed, random.pick(Self.schemes))
            for _ in 0..<10_000 where !world.isOver {
                if random.chance(20) {
                    world.change(to: random.pick(Self.schemes + Self.impatient))
                }
                world.step()
            }
            #expect(world.isOver, "seed \(seed)")
        }
    }

    private func run(_ world: World) {
        var world = world
        for _ in 0..<10_000 where !world.isOver { world.step() }
        #expect(world.isOver, "seed \(world.seed): \(world.waiting.count) never start")
    }
}
