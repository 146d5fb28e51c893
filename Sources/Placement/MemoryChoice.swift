public import JobModel

/// The choice of memory nodes for what a job books.
///
/// A wish, not a bound: the machine's memory is counted as a whole, and what finds no room on a node
/// that is told is booked without one.
public struct MemoryChoice: Sendable {
    private let nodes: [Topology.MemoryNode]

    /// Prepares the choice on a machine; once for all jobs.
    public init(of topology: Topology) {
        nodes = topology.nodes.filter {
            topology.allowedNodes.contains($0.number) && ($0.memory?.bytes ?? 0) > 0
        }
    }

    /// Where memory is booked for a job.
    ///
    /// On the node of its cores where it fits, on their nodes together in equal parts where they have
    /// several; what does not fit there is booked on the other nodes with CPUs, then on those
    /// without, the emptiest first.
    ///
    /// - Parameters:
    ///   - size: how much; nothing is booked of 0 bytes.
    ///   - cpus: those of the job.
    ///   - booked: bytes that others have booked, by node.
    /// - Returns: shares that add up to the size, ordered by node, what has none last.
    public func choose(
        _ size: MemorySize,
        beside cpus: CPUSet,
        booked: [Int: Int64]
    ) -> [Allocation.MemoryShare] {
        var missing = size.bytes
        var shares: [Int: Int64] = [:]
        func free(_ node: Topology.MemoryNode) -> Int64 {
            let held = (booked[node.number] ?? 0) + (shares[node.number] ?? 0)
            return max(0, (node.memory?.bytes ?? 0) - held)
        }
        func take(_ bytes: Int64, from node: Topology.MemoryNode) {
            let taken = min(bytes, missing, free(node))
            guard taken > 0 else { return }
            shares[node.number, default: 0] += taken
            missing -= taken
        }
        let own = nodes.filter { !$0.cpus.isDisjoint(with: cpus) }
        let part = own.isEmpty ? 0 : (missing - 1) / Int64(own.count) + 1
        for node in own { take(part, from: node) }
        let others = nodes.filter { $0.cpus.isDisjoint(with: cpus) }.map { node in
            (node: node, isBare: node.cpus.isEmpty ? 1 : 0, free: free(node))
        }.sorted { ($0.isBare, $1.free, $0.node.number) < ($1.isBare, $0.free, $1.node.number) }
        for node in own + others.map(\.node) { take(missing, from: node) }
        let placed = shares.sorted { $0.key < $1.key }.map {
            Allocation.MemoryShare(node: $0.key, size: MemorySize(bytes: $0.value))
        }
        let rest = Allocation.MemoryShare(node: nil, size: MemorySize(bytes: missing))
        return missing > 0 ? placed + [rest] : placed
    }
}
