internal import Glibc

/// All processes that can be seen, as they were one after the other while the table was read.
public struct ProcessTable: Sendable {
    /// The processes by number.
    public let processes: [Int32: ProcessStatus]

    /// Reads /proc; costs about 15 µs a process.
    public init() throws(SystemError) {
        var processes: [Int32: ProcessStatus] = [:]
        for name in try Folder(path: "/proc").names() {
            guard let pid = Int32(name), let status = ProcessStatus(of: pid) else { continue }
            processes[pid] = status
        }
        self.processes = processes
    }

    /// A table of these processes.
    init(_ processes: [ProcessStatus]) {
        self.processes = Dictionary(
            processes.map { ($0.pid, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Everything that descends from some processes, themselves not counted.
    public func descendants(of roots: Set<Int32>) -> [ProcessStatus] {
        var children: [Int32: [ProcessStatus]] = [:]
        for process in processes.values { children[process.parent, default: []].append(process) }
        var found: [ProcessStatus] = []
        var seen = roots
        var open = Array(roots)
        while let parent = open.popLast() {
            for child in children[parent] ?? [] where seen.insert(child.pid).inserted {
                found.append(child)
                open.append(child.pid)
            }
        }
        return found
    }
}
