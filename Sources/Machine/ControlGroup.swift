/// The control group of a process in the hierarchy that has some controller.
///
/// Source: cgroups(7), cpuset(7), proc(5), and the kernel's admin-guide/cgroup-v2.
struct ControlGroup {
    /// Where a controller lives.
    enum Hierarchy: Equatable {
        /// cgroup v2: one hierarchy for all controllers.
        case unified
        /// cgroup v1: a hierarchy for the controller, files with its name in front.
        case legacy
        /// The older cpuset file system, or v1 with `noprefix`: files without the name in front.
        case bare
    }

    let hierarchy: Hierarchy
    /// Folders below the tree's root, from the group itself to the mount point.
    let folders: [String]

    /// The group of the process that `proc/self` describes; nil where the tree does not tell.
    init?(of controller: String, in tree: SysfsTree) {
        let mounts = tree.bytes("proc/mounts") ?? tree.bytes("proc/self/mounts") ?? []
        let found = mounts.split(separator: UInt8(ascii: "\n")).lazy.compactMap { line in
            ControlGroup.mount(line, of: controller, in: tree)
        }.first
        guard let (hierarchy, point) = found,
            let path = ControlGroup.path(of: controller, hierarchy, in: tree)
        else { return nil }
        self.hierarchy = hierarchy
        var steps = path.split(separator: "/")
        // A group outside the namespace of the mount is told as a path that leads out of it.
        if steps.contains("..") { steps = [] }
        folders = (0...steps.count).map { dropped in
            ([Substring(point)] + steps.dropLast(dropped)).joined(separator: "/")
        }
    }

    /// Reads a file of the group or, where it has none that tells, of its nearest ancestor.
    func nearest<Value>(_ read: (_ folder: String) -> Value?) -> Value? {
        folders.lazy.compactMap(read).first
    }

    private static func mount(
        _ line: ArraySlice<UInt8>,
        of controller: String,
        in tree: SysfsTree
    ) -> (Hierarchy, point: String)? {
        let fields = line.split(separator: UInt8(ascii: " "))
        guard fields.count >= 4 else { return nil }
        let point = String(unescaped(fields[1]).drop { $0 == "/" })
        let options = fields[3].split(separator: UInt8(ascii: ",")).map {
            String(decoding: $0, as: UTF8.self)
        }
        switch String(decoding: fields[2], as: UTF8.self) {
        case "cgroup2":
            // Where v1 has the controller, this mount does not decide.
            let controllers = tree.line("\(point)/cgroup.controllers")?.split(separator: " ") ?? []
            return controllers.contains { $0 == controller } ? (.unified, point) : nil
        case "cgroup" where options.contains(controller):
            return (options.contains("noprefix") ? .bare : .legacy, point)
        case "cpuset" where controller == "cpuset":
            return (.bare, point)
        default:
            return nil
        }
    }

    /// The group's path below the mount point.
    ///
    /// `proc/self/cpuset` comes first, since in cgroup v2 it names the group that has the
    /// controller.
    private static func path(
        of controller: String,
        _ hierarchy: Hierarchy,
        in tree: SysfsTree
    ) -> String? {
        if controller == "cpuset", let path = tree.line("proc/self/cpuset"), !path.isEmpty {
            return path
        }
        let lines = tree.bytes("proc/self/cgroup")?.split(separator: UInt8(ascii: "\n")) ?? []
        for line in lines {
            let fields = String(decoding: line, as: UTF8.self)
                .split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let matches =
                hierarchy == .unified
                ? fields[1].isEmpty
                : fields[1].split(separator: ",").contains { $0 == controller }
            if matches { return String(fields[2]) }
        }
        return nil
    }

    /// A field of proc/mounts, where blanks and backslashes are octal escapes.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
