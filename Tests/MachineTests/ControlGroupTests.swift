import JobModel
import Machine
import Placement
import Testing

@Suite struct ControlGroupTests {
    /// 8 CPUs in two nodes, and files about control groups.
    private func machine(_ files: [String: String]) throws -> MachineDescription {
        let cpus = MadeUpCPUs(
            cores: (0..<8).map { [$0] },
            nodes: [0: Array(0..<4), 1: Array(4..<8)]
        )
        let memory = ["proc/meminfo": "MemTotal: 1048576 kB"]
        let tree = try MadeUpTree(
            cpus.files.merging(memory) { first, _ in first }.merging(files) { _, second in second }
        )
        return try MachineDiscovery.machine(under: tree.root)
    }

    private let unified = [
        "proc/mounts": "cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0",
        "sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory",
        "proc/self/cgroup": "0::/jobs.slice/a.scope",
    ]

    @Test func `nothing told allows everything`() throws {
        let machine = try machine([:])
        #expect(machine.topology.allowed == CPUSet(0..<8))
        #expect(machine.topology.allowedNodes == [0, 1])
        #expect(machine.memory == MemorySize(bytes: 1 << 30))
    }

    @Test func `a restricted group of cgroup v2 is kept to`() throws {
        var files = unified
        files["sys/fs/cgroup/jobs.slice/a.scope/cpuset.cpus.effective"] = "4-6,99"
        files["sys/fs/cgroup/jobs.slice/a.scope/cpuset.mems.effective"] = "1"
        let topology = try machine(files).topology
        #expect(topology.allowed == [4, 5, 6])
        #expect(topology.allowedNodes == [1])
        #expect(CoreChoice(of: topology).choose(4, from: topology.online) == nil)
    }

    @Test func `a group without the controller has what its nearest ancestor has`() throws {
        var files = unified
        files["sys/fs/cgroup/cpuset.cpus.effective"] = "0-7"
        files["sys/fs/cgroup/jobs.slice/cpuset.cpus.effective"] = "2-3"
        files["sys/fs/cgroup/jobs.slice/cpuset.cpus"] = "2-1023"
        #expect(try machine(files).topology.allowed == [2, 3])
    }

    @Test func `a cgroup v2 mount beside a v1 cpuset does not decide`() throws {
        let machine = try machine([
            "proc/mounts": """
            cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
            cgroup /sys/fs/cgroup/cpu,cpuset cgroup rw,cpu,cpuset 0 0
            """,
            "sys/fs/cgroup/unified/cgroup.controllers": "",
            "sys/fs/cgroup/unified/cpuset.cpus.effective": "0",
            "proc/self/cgroup": "4:cpu,cpuset:/a\n0::/b",
            "sys/fs/cgroup/cpu,cpuset/a/cpuset.cpus": "0-2",
            "sys/fs/cgroup/cpu,cpuset/a/cpuset.mems": "0",
        ])
        #expect(machine.topology.allowed == [0, 1, 2])
        #expect(machine.topology.allowedNodes == [0])
    }

    @Test(arguments: [
        "cpuset /dev/cpuset cpuset rw 0 0", "none /dev/cpuset cgroup rw,noprefix,cpuset 0 0",
    ])
    func `files without a prefix are found`(mount: String) throws {
        let machine = try machine([
            "proc/mounts": mount,
            "proc/self/cpuset": "/batch",
            "dev/cpuset/batch/cpus": "1,3",
            "dev/cpuset/batch/mems": "0",
        ])
        #expect(machine.topology.allowed == [1, 3])
    }

    @Test func `a mount point with a blank in its name is found`() throws {
        let machine = try machine([
            "proc/mounts": #"cgroup /mnt/my\040groups cgroup rw,cpuset 0 0"#,
            "proc/self/cpuset": "/",
            "mnt/my groups/cpuset.cpus": "5",
        ])
        #expect(machine.topology.allowed == [5])
    }

    @Test func `in a container the mount stands for the group that it cannot see`() throws {
        let machine = try machine([
            "proc/mounts": "cgroup /sys/fs/cgroup/cpuset cgroup ro,cpuset 0 0",
            "proc/self/cpuset": "/docker/0123",
            "sys/fs/cgroup/cpuset/cpuset.cpus": "6-7",
        ])
        #expect(machine.topology.allowed == [6, 7])
        var files = unified
        files["proc/self/cpuset"] = "/../other"
        files["sys/fs/cgroup/cpuset.cpus.effective"] = "6"
        #expect(try self.machine(files).topology.allowed == [6])
    }

    @Test func `memory is the least of the machine's and the limits of all groups around`() throws {
        var files = unified
        files["sys/fs/cgroup/jobs.slice/a.scope/memory.max"] = "max"
        files["sys/fs/cgroup/jobs.slice/memory.max"] = "268435456"
        #expect(try machine(files).memory == MemorySize(bytes: 1 << 28))
        files["sys/fs/cgroup/jobs.slice/memory.max"] = "max"
        #expect(try machine(files).memory == MemorySize(bytes: 1 << 30))
    }

    @Test func `a limit of cgroup v1 that is none does not count`() throws {
        let machine = try machine([
            "proc/mounts": "cgroup /cg/memory cgroup rw,memory 0 0",
            "proc/self/cgroup": "3:memory:/a",
            "cg/memory/a/memory.limit_in_bytes": "9223372036854771712",
        ])
        #expect(machine.memory == MemorySize(bytes: 1 << 30))
    }
}
