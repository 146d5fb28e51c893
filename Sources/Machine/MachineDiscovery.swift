public import JobModel
public import Linux
public import Placement

/// Finds out what a machine has: processors, memory and GPUs.
public enum MachineDiscovery {
    /// Why a machine could not be described.
    public enum Failure: Error, Equatable {
        /// The folder could not be opened.
        case unreadable(SystemError)
        /// The folder shows no CPU, by its path.
        case noCPU(String)
    }

    /// The machine whose `sys` and `proc` lie in a folder: `/`, or a stored copy.
    ///
    /// What a control group forbids is left out of `allowed`, and of memory what it limits; at `/`
    /// also what this process's affinity mask forbids.
    ///
    /// - Parameters:
    ///   - root: the folder.
    ///   - probe: what NVIDIA's library says of its GPUs, which knows more of them than the files.
    /// - Complexity: two files for each core, five for each cache, two for each node.
    public static func machine(
        under root: String = "/",
        probe: GPUProbe? = nil
    ) throws(Failure) -> MachineDescription {
        let tree: SysfsTree
        do throws(SystemError) {
            tree = try SysfsTree(root: root)
        } catch {
            throw .unreadable(error)
        }
        guard let topology = TopologyDiscovery.topology(in: tree) else { throw .noCPU(root) }
        return MachineDescription(
            topology: topology,
            memory: MemorySize(bytes: memory(in: tree, topology)),
            gpus: GPUDiscovery(tree: tree).gpus(probe: probe)
        )
    }

    /// The CPUs that a machine has, online or not (ABI/testing/sysfs-devices-system-cpu, `present`);
    /// nil where that is not told.
    public static func presentCPUs(under root: String = "/") -> CPUSet? {
        (try? SysfsTree(root: root))?.list("sys/devices/system/cpu/present")
    }

    private static func memory(in tree: SysfsTree, _ topology: Topology) -> Int64 {
        let told = tree.bytes("proc/meminfo")
            .flatMap { KernelText.number(after: "MemTotal:", in: $0) }
            .map { Int64($0) * 1024 }
        let total = told ?? topology.nodes.reduce(0) { $0 + ($1.memory?.bytes ?? 0) }
        let limit = AllowedResources(tree: tree).memoryLimit ?? total
        return min(total, limit)
    }
}

extension MachineDiscovery.Failure: CustomStringConvertible {
    /// One line that names the folder and what it should hold.
    public var description: String {
        switch self {
        case .unreadable(let error):
            "\(error); a folder that holds a machine's 'sys' and 'proc' was expected"
        case .noCPU(let root):
            "'\(root)' shows no CPU; it should hold 'sys/devices/system/cpu'"
        }
    }
}
