import JobModel
import Placement
import SeededRandom

/// How a made-up machine is put together; each number counts the parts of the level above.
struct Shape {
    var packages = 1
    var nodesPerPackage = 1
    var l3PerNode = 1
    var coresPerL3 = 4
    var threads = 2
    /// Whether siblings are n and n + number of cores, as on x86, or neighbours.
    var siblingsApart = true
    /// Whether one L3 spans all nodes of a package (sub-NUMA clustering).
    var l3PerPackage = false

    var topology: Topology {
        let total = packages * nodesPerPackage * l3PerNode * coresPerL3
        var cores: [Topology.Core] = []
        for core in 0..<total {
            let cache = core / coresPerL3
            let node = cache / l3PerNode
            let package = node / nodesPerPackage
            let cpus = (0..<threads).map { siblingsApart ? core + $0 * total : core * threads + $0 }
            cores.append(
                Topology.Core(
                    cpus: CPUSet(cpus),
                    node: node,
                    l3: l3PerPackage ? package : cache,
                    package: package
                )
            )
        }
        return Topology(cores: cores)
    }

    static func random(using generator: inout SeededGenerator) -> Shape {
        Shape(
            packages: .random(in: 1...2, using: &generator),
            nodesPerPackage: .random(in: 1...3, using: &generator),
            l3PerNode: .random(in: 1...3, using: &generator),
            coresPerL3: .random(in: 1...5, using: &generator),
            threads: [1, 2, 2, 4].randomElement(using: &generator) ?? 2,
            siblingsApart: .random(using: &generator),
            l3PerPackage: .random(in: 0..<4, using: &generator) == 0
        )
    }
}

extension Topology {
    /// A machine of these cores, all of them allowed.
    init(cores: [Core]) {
        let online = cores.reduce(CPUSet()) { $0.union($1.cpus) }
        func cpus(_ wanted: (Core) -> Bool) -> CPUSet {
            cores.filter(wanted).reduce(CPUSet()) { $0.union($1.cpus) }
        }
        let nodes = Set(cores.compactMap(\.node)).sorted()
        self.init(
            online: online,
            allowed: online,
            cores: cores,
            l3: Set(cores.compactMap(\.l3)).sorted().map { index in cpus { $0.l3 == index } },
            nodes: nodes.map { number in
                MemoryNode(number: number, cpus: cpus { $0.node == number }, memory: nil)
            },
            allowedNodes: nodes
        )
    }
}

/// 16 cores of 2 threads in two L3 caches of one node; siblings are n and n + 16.
let twoCaches = Shape(l3PerNode: 2, coresPerL3: 8).topology

/// 48 cores of 2 threads: 2 packages of 4 nodes of two L3 with 3 cores each.
let manyCaches = Shape(packages: 2, nodesPerPackage: 4, l3PerNode: 2, coresPerL3: 3).topology

/// 6 strong cores of 2 threads and 8 weak ones of 1 under one L3.
let hybrid = Topology(
    cores: (0..<6).map { core in
        Topology.Core(cpus: [core * 2, core * 2 + 1], node: 0, l3: 0, package: 0, kind: 1)
    }
        + (12..<20).map { cpu in
            Topology.Core(cpus: [cpu], node: 0, l3: 0, package: 0, kind: 0)
        }
)
