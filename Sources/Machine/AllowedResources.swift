internal import CLinux
internal import JobModel
internal import Linux

/// What a process may use of a machine: CPUs, memory nodes and memory.
struct AllowedResources {
    let tree: SysfsTree

    /// The CPUs that the control group allows; nil where nothing restricts them.
    ///
    /// They may name CPUs that are offline or do not exist.
    var cpus: CPUSet? { cpuset("cpus") }

    /// The memory nodes that the control group allows; nil where nothing restricts them.
    var nodes: CPUSet? { cpuset("mems") }

    /// The least memory limit in bytes of the control group and its ancestors; nil for none.
    var memoryLimit: Int64? {
        guard let group = ControlGroup(of: "memory", in: tree) else { return nil }
        let file = group.hierarchy == .unified ? "memory.max" : "memory.limit_in_bytes"
        return group.folders.compactMap { tree.number("\($0)/\(file)") }.min().map { Int64($0) }
    }

    /// The CPUs of this process's own affinity mask (sched_getaffinity(2)); nil where it fails.
    static var affinity: CPUSet? {
        var words = [UInt64](repeating: 0, count: 1024)
        let result = try? syscall("sched_getaffinity") {
            unsafe words.withUnsafeMutableBufferPointer {
                unsafe clinux_affinity($0.baseAddress, CInt($0.count))
            }
        }
        guard result != nil else { return nil }
        var set = CPUSet()
        for (index, word) in words.enumerated() where word != 0 {
            for bit in 0..<64 where word & (1 << UInt64(bit)) != 0 { set.insert(index * 64 + bit) }
        }
        return set
    }

    private func cpuset(_ kind: String) -> CPUSet? {
        guard let group = ControlGroup(of: "cpuset", in: tree) else { return nil }
        let file =
            switch group.hierarchy {
            case .unified: "cpuset.\(kind).effective"
            case .legacy: "cpuset.\(kind)"
            case .bare: kind
            }
        // An empty file stands for what the ancestor has.
        return group.nearest { folder in
            tree.list("\(folder)/\(file)").flatMap { $0.isEmpty ? nil : $0 }
        }
    }
}
