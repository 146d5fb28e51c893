import Foundation
import JobModel
import Linux
import Machine
import Placement
import Testing

@Suite struct SmallTreeTests {
    private func topology(_ files: [String: String]) throws -> Topology {
        let tree = try MadeUpTree(files)
        return try MachineDiscovery.machine(under: tree.root).topology
    }

    /// 4 cores of 2 threads; siblings are n and n + 4.
    private let smt = MadeUpCPUs(
        cores: (0..<4).map { [$0, $0 + 4] },
        caches: [[0, 1, 4, 5], [2, 3, 6, 7]],
        nodes: [0: Array(0..<8)]
    )

    @Test func `siblings n and n + 4 are one core`() throws {
        let topology = try topology(smt.files)
        #expect(topology.cores.map(\.cpus) == [[0, 4], [1, 5], [2, 6], [3, 7]])
        #expect(CoreChoice(of: topology).choose(2, from: topology.allowed) == [0, 4, 1, 5])
    }

    @Test func `two L3 in one node are told apart`() throws {
        let topology = try topology(smt.files)
        #expect(topology.l3 == [[0, 1, 4, 5], [2, 3, 6, 7]])
        #expect(topology.cores.map(\.l3) == [0, 0, 1, 1])
        #expect(topology.cores.map(\.node) == [0, 0, 0, 0])
    }

    @Test func `an L3 is known by its level and not by the name of its folder`() throws {
        var cpus = smt
        cpus.cacheIndex = 7
        #expect(try topology(cpus.files).l3.count == 2)
    }

    @Test func `an L3 for instructions alone, or of no size, is none`() throws {
        var files = smt.files
        for cpu in 0..<8 {
            files["sys/devices/system/cpu/cpu\(cpu)/cache/index3/type"] = "Instruction"
        }
        #expect(try topology(files).l3.isEmpty)
        files = smt.files
        for cpu in 0..<8 { files["sys/devices/system/cpu/cpu\(cpu)/cache/index3/size"] = "0K" }
        #expect(try topology(files).l3.isEmpty)
    }

    @Test func `an offline CPU is in no core, and its sibling is a core alone`() throws {
        var cpus = smt
        cpus.online = "0-3,5-7"
        let topology = try topology(cpus.files)
        #expect(topology.online == [0, 1, 2, 3, 5, 6, 7])
        #expect(topology.cores[0].cpus == [0])
        let choice = CoreChoice(of: topology)
        #expect(choice.choose(4, from: CPUSet(0..<8)) == topology.online)
    }

    @Test func `without a list of online CPUs each CPU's own file counts`() throws {
        var files = smt.files
        files["sys/devices/system/cpu/online"] = nil
        files["sys/devices/system/cpu/cpu2/online"] = "0"
        files["sys/devices/system/cpu/cpu3/online"] = "1"
        #expect(try topology(files).online == [0, 1, 3, 4, 5, 6, 7])
    }

    @Test func `old kernels' masks with a NUL at the end are understood`() throws {
        let cpu = "sys/devices/system/cpu"
        let topology = try topology([
            "\(cpu)/online": "0-1,32-33\n\0",
            "\(cpu)/cpu0/topology/thread_siblings": "00000001,00000001\n\0",
            "\(cpu)/cpu1/topology/thread_siblings": "00000002,00000002\n\0",
            "\(cpu)/cpu32/topology/thread_siblings": "00000001,00000001\n\0",
            "\(cpu)/cpu33/topology/thread_siblings": "00000002,00000002\n\0",
        ])
        #expect(topology.cores.map(\.cpus) == [[0, 32], [1, 33]])
    }

    @Test func `two NUMA nodes with a gap between their numbers`() throws {
        var cpus = smt
        cpus.nodes = [0: [0, 4, 1, 5], 8: [2, 6, 3, 7]]
        cpus.packageOf = { $0 % 4 < 2 ? 0 : 1 }
        let topology = try topology(cpus.files)
        #expect(topology.nodes.map(\.number) == [0, 8])
        #expect(
            topology.nodes.map(\.memory) == [MemorySize(bytes: 1 << 20), .init(bytes: 9 << 20)]
        )
        #expect(topology.cores.map(\.node) == [0, 0, 8, 8])
        #expect(topology.cores.map(\.package) == [0, 0, 1, 1])
        #expect(topology.allowedNodes == [0, 8])
    }

    @Test func `a node without CPUs is kept, the memory of a GPU is not`() throws {
        var cpus = smt
        cpus.nodes = [0: Array(0..<8), 1: [], 255: []]
        var files = cpus.files
        files["proc/driver/nvidia/gpus/0004:04:00.0/numa_status"] = "Node: 255\n"
        let topology = try topology(files)
        #expect(topology.nodes.map(\.number) == [0, 1])
        #expect(topology.nodes[1].cpus.isEmpty)
    }

    @Test func `a machine without nodes has one with all its CPUs and memory`() throws {
        var cpus = smt
        cpus.nodes = [:]
        var files = cpus.files
        files["proc/meminfo"] = "MemTotal: 2048 kB"
        let topology = try topology(files)
        let memory = MemorySize(bytes: 2 << 20)
        #expect(
            topology.nodes
                == [Topology.MemoryNode(number: 0, cpus: CPUSet(0..<8), memory: memory)]
        )
    }

    @Test func `a container without topology has a core for each CPU`() throws {
        #expect(
            try topology(["sys/devices/system/cpu/online": "0-2"]).cores.map(\.cpus)
                == [[0], [1], [2]]
        )
        #expect(
            try topology(["proc/cpuinfo": "processor\t: 0\nmodel\t: x\n\nprocessor\t: 4\n"])
                .cores.map(\.cpus) == [[0], [4]]
        )
    }

    @Test func `a package of -1 is unknown`() throws {
        var cpus = smt
        cpus.packageOf = { _ in -1 }
        #expect(try topology(cpus.files).cores.allSatisfy { $0.package == nil })
    }

    @Test func `kinds of cores are told by lists of types`() throws {
        var files = smt.files
        files["sys/devices/cpu_core/cpus"] = "0-1,4-5"
        files["sys/devices/cpu_atom/cpus"] = "2-3,6-7"
        #expect(try topology(files).cores.map(\.kind) == [1, 1, 0, 0])
    }

    @Test func `capacities within a tenth of each other are one kind`() throws {
        var files = smt.files
        for (cpu, capacity) in [718, 731, 997, 1024].enumerated() {
            files["sys/devices/system/cpu/cpu\(cpu)/cpu_capacity"] = String(capacity)
        }
        #expect(try topology(files).cores.map(\.kind) == [0, 0, 1, 1])
    }

    @Test func `a folder that is no machine is refused in one line`() throws {
        let tree = try MadeUpTree([:])
        #expect(throws: MachineDiscovery.Failure.noCPU(tree.root)) {
            try MachineDiscovery.machine(under: tree.root)
        }
        #expect(
            throws: MachineDiscovery.Failure.unreadable(
                SystemError(call: "open", object: tree.root + "/none", code: ENOENT)
            )
        ) {
            try MachineDiscovery.machine(under: tree.root + "/none")
        }
    }

    @Test func `the machine that runs this has the CPUs of its own mask`() throws {
        let machine = try MachineDiscovery.machine()
        #expect(!machine.topology.allowed.isEmpty)
        #expect(machine.topology.allowed.isSubset(of: machine.topology.online))
        #expect(machine.memory.bytes > 0)
        #expect(AllocatableUnits(of: machine.topology, counting: .core).count > 0)
    }
}
