internal import JobModel
internal import Linux
internal import Placement

/// Reads a machine's processors and memory nodes from sysfs.
///
/// Cores are what the kernel calls siblings, never pairs of package and `core_id`, which repeat and
/// differ between siblings. Where sysfs tells no topology at all, as in some containers, each CPU is
/// a core. Source: the kernel's admin-guide/cputopology and ABI/stable/sysfs-devices-node.
struct TopologyDiscovery {
    private static let cpuFolder = "sys/devices/system/cpu"
    private static let nodeFolder = "sys/devices/system/node"

    private let tree: SysfsTree
    private let cpus: CPUSet
    private var siblingFiles = Alternatives(count: 2)
    private var l3Index = Alternatives(count: 10)

    /// The topology of the machine in a tree; nil where it shows no CPU.
    static func topology(in tree: SysfsTree) -> Topology? {
        let online = onlineCPUs(in: tree)
        guard !online.isEmpty else { return nil }
        var discovery = TopologyDiscovery(tree: tree, cpus: online)
        return discovery.topology()
    }

    private init(tree: SysfsTree, cpus: CPUSet) {
        self.tree = tree
        self.cpus = cpus
    }

    private mutating func topology() -> Topology {
        let (cores, l3) = coresAndCaches()
        let nodes = memoryNodes()
        let allowed = AllowedResources(tree: tree)
        var allowedCPUs = cpus.intersection(allowed.cpus ?? cpus)
        if tree.isLive, let affinity = AllowedResources.affinity {
            allowedCPUs = allowedCPUs.intersection(affinity)
        }
        let allowedNodes = allowed.nodes
        return Topology(
            online: cpus,
            allowed: allowedCPUs,
            cores: cores.map { core in
                var core = core
                core.node = core.cpus.first.flatMap { first in
                    nodes.first { $0.cpus.contains(first) }?.number
                }
                return core
            },
            l3: l3,
            nodes: nodes,
            allowedNodes: nodes.map(\.number).filter { allowedNodes?.contains($0) ?? true }
        )
    }
}

extension TopologyDiscovery {
    /// The CPUs that are online and of which the kernel tells the topology, if it tells any.
    private static func onlineCPUs(in tree: SysfsTree) -> CPUSet {
        let listed = tree.list("\(cpuFolder)/online") ?? CPUSet()
        let online = listed.isEmpty ? onlineByFolder(in: tree) : listed
        let known = CPUSet(online.filter { tree.exists("\(cpuFolder)/cpu\($0)/topology") })
        if !known.isEmpty { return known }
        if !online.isEmpty { return online }
        let counted = processors(in: tree.bytes("proc/cpuinfo") ?? [])
        guard counted.isEmpty, tree.isLive else { return counted }
        return AllowedResources.affinity ?? CPUSet()
    }

    /// Folders whose own file does not say that the CPU is offline; the first CPU often has none.
    private static func onlineByFolder(in tree: SysfsTree) -> CPUSet {
        CPUSet(
            tree.numbers(in: cpuFolder, prefix: "cpu").filter {
                tree.number("\(cpuFolder)/cpu\($0)/online") != 0
            }
        )
    }

    /// The numbers in the `processor : 3` lines of proc/cpuinfo.
    private static func processors(in cpuinfo: [UInt8]) -> CPUSet {
        let key = Array("processor".utf8)
        return CPUSet(
            cpuinfo.split(separator: UInt8(ascii: "\n")).compactMap { line in
                guard line.starts(with: key), let colon = line.firstIndex(of: UInt8(ascii: ":"))
                else { return nil }
                return KernelText.number(line[colon...].dropFirst())
            }.filter { $0 >= 0 }
        )
    }
}

extension TopologyDiscovery {
    private mutating func coresAndCaches() -> ([Topology.Core], [CPUSet]) {
        var cores: [Topology.Core] = []
        var caches: [CPUSet] = []
        var inCore = CPUSet()
        var cacheOf: [Int: Int] = [:]
        for cpu in cpus {
            if cacheOf[cpu] == nil, let cache = l3Cache(of: cpu) {
                for member in cache { cacheOf[member] = caches.count }
                caches.append(cache)
            }
            guard !inCore.contains(cpu) else { continue }
            let siblings = siblings(of: cpu).subtracting(inCore)
            inCore = inCore.union(siblings)
            let package = tree.number("\(Self.cpuFolder)/cpu\(cpu)/topology/physical_package_id")
            cores.append(
                Topology.Core(
                    cpus: siblings,
                    node: nil,
                    l3: cacheOf[cpu],
                    package: package.flatMap { $0 >= 0 ? $0 : nil }
                )
            )
        }
        let kinds = CoreKinds(tree: tree).ranks(of: cores.map { $0.cpus.first ?? 0 })
        for (index, kind) in kinds.enumerated() { cores[index].kind = kind }
        return (cores, caches)
    }

    /// The online CPUs of a CPU's core, itself among them.
    private mutating func siblings(of cpu: Int) -> CPUSet {
        let names = ["core_cpus", "thread_siblings"]
        let folder = "\(Self.cpuFolder)/cpu\(cpu)/topology"
        let told = siblingFiles.first { [tree] index in
            tree.set(mask: "\(folder)/\(names[index])", list: "\(folder)/\(names[index])_list")
        }
        let siblings = (told ?? CPUSet()).intersection(cpus)
        return siblings.contains(cpu) ? siblings : CPUSet([cpu])
    }

    /// The online CPUs that share a CPU's L3 cache, where it is the first of them.
    private mutating func l3Cache(of cpu: Int) -> CPUSet? {
        let folder = "\(Self.cpuFolder)/cpu\(cpu)/cache"
        let told = l3Index.first { [tree] index -> CPUSet? in
            let cache = "\(folder)/index\(index)"
            // Knights Landing lists an L3 that it does not have, with a size of 0.
            guard tree.number("\(cache)/level") == 3, tree.number("\(cache)/size") != 0,
                tree.line("\(cache)/type") != "Instruction"
            else { return nil }
            return tree.set(mask: "\(cache)/shared_cpu_map", list: "\(cache)/shared_cpu_list")
        }
        guard let told else { return nil }
        // Some kernels for Itanium leave the mask empty: then it is the core's own.
        let members = told.isEmpty ? siblings(of: cpu) : told.intersection(cpus)
        return members.first == cpu ? members : nil
    }
}

extension TopologyDiscovery {
    /// The memory nodes; one for all where the kernel tells none.
    private func memoryNodes() -> [Topology.MemoryNode] {
        let listed = tree.list("\(Self.nodeFolder)/online") ?? CPUSet()
        let numbers =
            listed.isEmpty ? tree.numbers(in: Self.nodeFolder, prefix: "node") : listed
        let ofGPUs = nodesOfGPUs()
        var seen = CPUSet()
        var nodes: [Topology.MemoryNode] = []
        for number in numbers where !ofGPUs.contains(number) {
            let folder = "\(Self.nodeFolder)/node\(number)"
            guard let told = tree.set(mask: "\(folder)/cpumap", list: "\(folder)/cpulist"),
                told.isDisjoint(with: seen)
            else { continue }
            seen = seen.union(told)
            nodes.append(
                Topology.MemoryNode(
                    number: number,
                    cpus: told.intersection(cpus),
                    memory: memoryTotal("\(folder)/meminfo")
                )
            )
        }
        guard nodes.isEmpty else { return nodes }
        return [Topology.MemoryNode(number: 0, cpus: cpus, memory: memoryTotal("proc/meminfo"))]
    }

    /// Nodes that are the memory of GPUs: the kernel shows them, but jobs' pages are not for them.
    private func nodesOfGPUs() -> CPUSet {
        let folder = "proc/driver/nvidia/gpus"
        return CPUSet(
            tree.names(in: folder).compactMap { name in
                tree.bytes("\(folder)/\(name)/numa_status")
                    .flatMap { KernelText.number(after: "Node:", in: $0) }
            }.filter { $0 >= 0 }
        )
    }

    private func memoryTotal(_ path: String) -> MemorySize? {
        tree.bytes(path).flatMap { KernelText.number(after: "MemTotal:", in: $0) }
            .map { MemorySize(bytes: Int64($0) * 1024) }
    }
}

/// Several places where a kernel may tell something; it tells it in the same one for every CPU.
private struct Alternatives {
    private let count: Int
    private var last = 0

    init(count: Int) {
        self.count = count
    }

    /// The first answer, beginning at the place of the one before.
    mutating func first<Value>(_ read: (Int) -> Value?) -> Value? {
        if let value = read(last) { return value }
        for index in 0..<count where index != last {
            guard let value = read(index) else { continue }
            last = index
            return value
        }
        return nil
    }
}
