import JobModel
import Placement
import SeededRandom
import Testing

/// What holds for any machine, whatever is free.
@Suite struct CoreChoicePropertyTests {
    /// One random machine with some of it allowed, some of it free.
    private struct Situation {
        let topology: Topology
        let free: CPUSet
        let units: AllocatableUnits
        let choice: CoreChoice
        let count: Int

        /// The cores that are free whole, which is counted here in another way than in the code.
        let freeCores: [Topology.Core]

        init(seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            var topology = Shape.random(using: &generator).topology
            topology.allowed = CPUSet(
                topology.allowed.filter { _ in .random(in: 0..<10, using: &generator) > 0 }
            )
            let busy = Int.random(in: 0...9, using: &generator)
            self.topology = topology
            free = CPUSet(
                topology.online.filter { _ in .random(in: 0..<10, using: &generator) >= busy }
            )
            units = AllocatableUnits(of: topology, counting: .core)
            choice = CoreChoice(of: topology)
            count = .random(in: 1...max(1, topology.cores.count), using: &generator)
            freeCores = topology.cores.compactMap { [free] core in
                var core = core
                core.cpus = CPUSet(core.cpus.filter { topology.allowed.contains($0) })
                return !core.cpus.isEmpty && core.cpus.allSatisfy { free.contains($0) } ? core : nil
            }
        }

        var chosen: CPUSet? { choice.choose(count, from: free) }

        func cores(of chosen: CPUSet) -> [Topology.Core] {
            freeCores.filter { !$0.cpus.isDisjoint(with: chosen) }
        }
    }

    private static let seeds = UInt64(1)...400

    private func forAll(_ body: (Situation, UInt64) throws -> Void) rethrows {
        for seed in Self.seeds { try body(Situation(seed: seed), seed) }
    }

    @Test func `there is a choice exactly where enough cores are free`() {
        forAll { situation, seed in
            #expect(
                (situation.chosen != nil) == (situation.count <= situation.freeCores.count),
                "seed \(seed)"
            )
        }
    }

    @Test func `what is chosen is free, allowed, and made of as many whole cores as asked for`() {
        forAll { situation, seed in
            guard let chosen = situation.chosen else { return }
            #expect(chosen.isSubset(of: situation.free), "seed \(seed)")
            #expect(chosen.isSubset(of: situation.topology.allowed), "seed \(seed)")
            let cores = situation.cores(of: chosen)
            #expect(cores.count == situation.count, "seed \(seed)")
            #expect(cores.reduce(CPUSet()) { $0.union($1.cpus) } == chosen, "seed \(seed)")
        }
    }

    @Test(arguments: [\Topology.Core.l3, \Topology.Core.node, \Topology.Core.package])
    func `what one domain can hold never straddles two`(
        domain: any KeyPath<Topology.Core, Int?> & Sendable
    ) {
        forAll { situation, seed in
            guard let chosen = situation.chosen else { return }
            let sizes = Dictionary(grouping: situation.freeCores, by: { $0[keyPath: domain] })
                .values.map(\.count)
            guard sizes.contains(where: { $0 >= situation.count }) else { return }
            let used = Set(situation.cores(of: chosen).map { $0[keyPath: domain] })
            #expect(used.count == 1, "seed \(seed)")
        }
    }

    @Test func `what no package can hold takes the fewest packages`() {
        forAll { situation, seed in
            guard let chosen = situation.chosen else { return }
            let used = Set(situation.cores(of: chosen).map(\.package))
            #expect(
                used.count == fewest(situation.count, situation.freeCores, \.package),
                "seed \(seed)"
            )
        }
    }

    @Test func `what one package must hold takes the fewest of its nodes`() {
        forAll { situation, seed in
            guard let chosen = situation.chosen else { return }
            let cores = situation.cores(of: chosen)
            let packages = Set(cores.map(\.package))
            guard packages.count == 1, !cores.allSatisfy({ $0.l3 == cores[0].l3 }) else { return }
            let around = situation.freeCores.filter { packages.contains($0.package) }
            #expect(
                Set(cores.map(\.node)).count == fewest(situation.count, around, \.node),
                "seed \(seed)"
            )
        }
    }

    @Test func `the L3 that is taken is the fullest that fits`() {
        forAll { situation, seed in
            guard let chosen = situation.chosen else { return }
            let used = Set(situation.cores(of: chosen).map(Cell.init))
            let sizes = Dictionary(grouping: situation.freeCores, by: Cell.init)
                .mapValues(\.count)
            guard used.count == 1, let cell = used.first else { return }
            let least = sizes.values.filter { $0 >= situation.count }.min()
            #expect(sizes[cell] == least, "seed \(seed)")
        }
    }

    @Test func `one job after the other fills the machine without an overlap`() {
        forAll { situation, seed in
            var generator = SeededGenerator(seed: seed)
            var free = situation.topology.online
            var left = situation.units.count
            while left > 0 {
                let count = Int.random(in: 1...left, using: &generator)
                guard let chosen = situation.choice.choose(count, from: free) else {
                    Issue.record("nothing for \(count) of \(left), seed \(seed)")
                    return
                }
                #expect(chosen.isSubset(of: free), "seed \(seed)")
                free = free.subtracting(chosen)
                left -= count
            }
            #expect(free.isDisjoint(with: situation.units.cpus), "seed \(seed)")
        }
    }

    @Test func `a node to be near is kept to where it holds the job`() {
        forAll { situation, seed in
            guard let node = situation.topology.nodes.last?.number,
                let chosen = situation.choice.choose(
                    situation.count,
                    from: situation.free,
                    near: [node]
                )
            else { return }
            let there = situation.freeCores.filter { $0.node == node }
            guard there.count >= situation.count else { return }
            #expect(
                chosen.isSubset(of: there.reduce(CPUSet()) { $0.union($1.cpus) }),
                "seed \(seed)"
            )
        }
    }

    private struct Cell: Hashable {
        let l3: Int?
        let node: Int?

        init(_ core: Topology.Core) {
            l3 = core.l3
            node = core.node
        }
    }

    private func fewest(
        _ count: Int,
        _ cores: [Topology.Core],
        _ domain: (Topology.Core) -> Int?
    ) -> Int {
        var missing = count
        var used = 0
        for size in Dictionary(grouping: cores, by: domain).values.map(\.count).sorted(by: >)
        where missing > 0 {
            missing -= size
            used += 1
        }
        return used
    }
}
