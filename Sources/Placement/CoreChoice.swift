public import JobModel

/// The choice of exact cores for a job.
///
/// A job gets the smallest domain that holds it: one L3 cache, one memory node, one package, the
/// machine. Among equal ones it gets the fullest that still fits, so that large domains stay whole
/// for large jobs, then the one with the lowest number. On a hybrid machine cores of one kind are
/// preferred, the strongest first, but a domain is never left for that. (After "best fit" in
/// schedulers of batch systems, such as Slurm's select/cons_tres.)
///
/// The choice depends on nothing but its arguments, and never fails while enough units are free.
public struct CoreChoice: Sendable {
    /// What is counted and given out.
    public let units: AllocatableUnits
    private let cores: [Topology.Core]
    private let places: [Place]
    private let kinds: [Int]
    private let packageOfNode: [Int: Int]

    /// Prepares the choice on a machine; once for all jobs.
    public init(of topology: Topology, counting unit: AllocatableUnits.Unit = .core) {
        let units = AllocatableUnits(of: topology, counting: unit)
        self.units = units
        cores = topology.cores
        places = units.units.indices.map { index in
            let core = topology.cores[units.coreOfUnit[index]]
            return Place(cpus: Array(units.units[index]), core: core)
        }
        kinds = Set(places.map(\.kind)).sorted(by: >)
        packageOfNode = Dictionary(
            topology.cores.compactMap { core in
                core.node.flatMap { node in core.package.map { (node, $0) } }
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The CPUs for a job: whole units, free ones only.
    ///
    /// - Parameters:
    ///   - count: units asked for, 0 or more.
    ///   - free: CPUs that nobody holds; what is offline or not allowed is ignored.
    ///   - nodes: memory nodes to be near, such as those of the job's GPUs. One of them that holds
    ///     the job is taken before any other domain, then one of their packages.
    /// - Returns: the CPUs; nil where fewer than `count` units are free.
    /// - Complexity: a few passes over the machine's units.
    public func choose(_ count: Int, from free: CPUSet, near nodes: [Int] = []) -> CPUSet? {
        let available = places.indices.filter { index in
            places[index].cpus.allSatisfy { free.contains($0) }
        }
        guard count > 0 else { return CPUSet() }
        guard count <= available.count else { return nil }
        let packages = Set(nodes.compactMap { packageOfNode[$0] })
        let chosen =
            choice(of: count, among: available.filter { isOn(nodes, $0) }, upTo: .node)
            ?? choice(
                of: count,
                among: available.filter { places[$0].package.map(packages.contains) ?? false },
                upTo: .package
            )
            ?? choice(of: count, among: available, upTo: .machine)
        return chosen.map { $0.reduce(CPUSet()) { $0.union(units.units[$1]) } }
    }

    /// The CPUs on which a job may run: all that it holds, or the first thread of each core.
    public func mask(of held: CPUSet, oneThreadPerCore: Bool) -> CPUSet {
        guard oneThreadPerCore else { return held }
        return CPUSet(cores.compactMap { $0.cpus.intersection(held).first })
    }

    private func isOn(_ nodes: [Int], _ index: Int) -> Bool {
        places[index].node.map { nodes.contains($0) } ?? false
    }
}

extension CoreChoice {
    /// Where a unit is.
    private struct Place {
        let cpus: [Int]
        let l3: Int?
        let node: Int?
        let package: Int?
        let kind: Int

        init(cpus: [Int], core: Topology.Core) {
            self.cpus = cpus
            l3 = core.l3
            node = core.node
            package = core.package
            kind = core.kind
        }

        /// The domain of some level that it is in.
        func domain(_ level: Level) -> Domain {
            switch level {
            case .cell: Domain(l3: l3, node: node, package: package)
            case .l3: Domain(l3: l3, node: nil, package: nil)
            case .node: Domain(l3: nil, node: node, package: nil)
            case .package: Domain(l3: nil, node: nil, package: package)
            case .machine: Domain(l3: nil, node: nil, package: nil)
            }
        }
    }

    /// Domains from small to large.
    ///
    /// Caches and nodes need not nest: with sub-NUMA clustering one L3 spans two nodes. A cell is
    /// what lies in one L3, one node and one package, hence the smallest of all on any machine.
    private enum Level: Int, CaseIterable {
        case cell, l3, node, package, machine

        var finer: [Level] { Level.allCases.filter { $0.rawValue < rawValue }.reversed() }
        var coarser: [Level] { Level.allCases.filter { $0.rawValue > rawValue } }
    }

    private struct Domain: Hashable {
        let l3: Int?
        let node: Int?
        let package: Int?
    }

    /// The best choice inside the smallest domain that holds it, nil where none up to `limit` does.
    private func choice(of count: Int, among available: [Int], upTo limit: Level) -> [Int]? {
        guard count <= available.count else { return nil }
        for level in Level.allCases where level.rawValue <= limit.rawValue {
            let domains = grouped(available, by: level)
            for kind in kinds {
                let alike = domains.map { $0.filter { places[$0].kind == kind } }
                if let best = best(of: alike, for: count, level, available) {
                    return taken(count, from: best, levels: level.finer)
                }
            }
            if let best = best(of: domains, for: count, level, available) {
                return taken(count, from: best, levels: level.finer)
            }
        }
        return nil
    }

    /// The groups of units that share a domain, each ascending, ordered by their first unit.
    private func grouped(_ available: [Int], by level: Level) -> [[Int]] {
        var order: [Domain: Int] = [:]
        var groups: [[Int]] = []
        for index in available {
            let domain = places[index].domain(level)
            if let known = order[domain] {
                groups[known].append(index)
            } else {
                order[domain] = groups.count
                groups.append([index])
            }
        }
        return groups
    }

    /// Of the groups that hold `count`, the one cut into fewest cells, then the fullest one.
    private func best(
        of groups: [[Int]],
        for count: Int,
        _ level: Level,
        _ available: [Int]
    ) -> [Int]? {
        let fitting = groups.filter { $0.count >= count && !$0.isEmpty }
        guard fitting.count > 1 else { return fitting.first }
        let wider = level.coarser.dropLast().map { coarser in
            (coarser, Dictionary(grouping: available) { places[$0].domain(coarser) })
        }
        let ranked = fitting.map { group -> [Int] in
            let first = places[group[0]]
            let around = wider.map { level, units in units[first.domain(level)]?.count ?? 0 }
            return [cells(holding: count, in: group), group.count] + around + [group[0]]
        }
        let least = ranked.indices.min { ranked[$0].lexicographicallyPrecedes(ranked[$1]) }
        return least.map { fitting[$0] }
    }

    /// The least number of cells of a group that together hold `count`.
    private func cells(holding count: Int, in group: [Int]) -> Int {
        var missing = count
        var cells = 0
        for size in grouped(group, by: .cell).map(\.count).sorted(by: >) where missing > 0 {
            missing -= size
            cells += 1
        }
        return cells
    }

    /// Takes `count` of these units from as few domains of each level as possible.
    private func taken(_ count: Int, from available: [Int], levels: [Level]) -> [Int] {
        guard count > 0 else { return [] }
        guard let level = levels.first else {
            return Array(strongestFirst(available).prefix(count))
        }
        let groups = grouped(available, by: level)
        if let best = best(of: groups, for: count, level, available) {
            return taken(count, from: best, levels: Array(levels.dropFirst()))
        }
        // Whole domains, the emptiest first, leave the least to be found elsewhere.
        let largest = groups.max { ($0.count, $1[0]) < ($1.count, $0[0]) } ?? []
        let rest = available.filter { !largest.contains($0) }
        return largest + taken(count - largest.count, from: rest, levels: levels)
    }

    private func strongestFirst(_ available: [Int]) -> [Int] {
        available.sorted { (-places[$0].kind, $0) < (-places[$1].kind, $1) }
    }
}
