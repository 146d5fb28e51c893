internal import JobModel

/// Tells the kinds of cores of a hybrid machine apart.
struct CoreKinds {
    let tree: SysfsTree

    /// For each core, named by its first CPU, the rank of its kind: 0 the weakest.
    ///
    /// The kernel tells either lists of CPUs by type (Intel), a capacity of each CPU (Arm, RISC-V),
    /// or a base frequency (Intel, where the lists are missing). Values within a tenth of each other
    /// are one kind: cores of one kind differ by that much.
    func ranks(of cores: [Int]) -> [Int] {
        if let ranks = ranksByType(of: cores) { return ranks }
        let values =
            values(of: cores) { "cpu\($0)/cpu_capacity" }
            ?? values(of: cores) { "cpu\($0)/cpufreq/base_frequency" }
        guard let values else { return cores.map { _ in 0 } }
        var floors: [Int] = []
        for value in Set(values).sorted() where value > (floors.last ?? 0) * 11 / 10 {
            floors.append(value)
        }
        return values.map { value in (floors.lastIndex { $0 <= value }) ?? 0 }
    }

    private func ranksByType(of cores: [Int]) -> [Int]? {
        guard let strong = tree.list("sys/devices/cpu_core/cpus"),
            let middle = tree.list("sys/devices/cpu_atom/cpus")
        else { return nil }
        let types = cores.map { strong.contains($0) ? 2 : middle.contains($0) ? 1 : 0 }
        let present = Set(types).sorted()
        return types.map { present.firstIndex(of: $0) ?? 0 }
    }

    /// A number that is told of every core; nil as soon as one lacks it.
    private func values(of cores: [Int], _ path: (Int) -> String) -> [Int]? {
        var values: [Int] = []
        for core in cores {
            guard let value = tree.number("sys/devices/system/cpu/\(path(core))") else {
                return nil
            }
            values.append(value)
        }
        return values
    }
}
