public import JobModel

/// What the queue counts as a CPU: the physical cores, or the hardware threads, that it may use.
public struct AllocatableUnits: Hashable, Sendable {
    /// What counts as one.
    public enum Unit: Hashable, Sendable {
        /// A physical core, with all its threads that are online and allowed.
        case core
        /// A single hardware thread.
        case thread
    }

    /// The CPUs of each unit, ordered by the first; none is empty, no two overlap.
    public let units: [CPUSet]
    /// For each unit, the index of its core in the topology.
    public let coreOfUnit: [Int]
    /// All CPUs of all units.
    public let cpus: CPUSet

    /// The units of a machine; a core of which only some threads are allowed is made of those.
    public init(of topology: Topology, counting unit: Unit) {
        var found: [(cpus: CPUSet, core: Int)] = []
        for (index, core) in topology.cores.enumerated() {
            let usable = core.cpus.intersection(topology.allowed)
            guard !usable.isEmpty else { continue }
            switch unit {
            case .core: found.append((usable, index))
            case .thread: found += usable.map { (CPUSet([$0]), index) }
            }
        }
        found.sort { ($0.cpus.first ?? 0) < ($1.cpus.first ?? 0) }
        units = found.map(\.cpus)
        coreOfUnit = found.map(\.core)
        cpus = units.reduce(CPUSet()) { $0.union($1) }
    }

    /// How many there are.
    public var count: Int { units.count }

    /// The number of units of which anything lies in a set.
    public func countTouched(by cpus: CPUSet) -> Int {
        units.reduce(0) { $0 + ($1.isDisjoint(with: cpus) ? 0 : 1) }
    }

    /// The number of units that lie in a set whole.
    public func count(in cpus: CPUSet) -> Int {
        units.reduce(0) { $0 + ($1.isSubset(of: cpus) ? 1 : 0) }
    }
}
