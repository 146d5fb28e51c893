public import JobModel

/// The choice of exact GPUs for a job.
public enum GPUChoice {
    /// The GPUs for a request, ordered by index.
    ///
    /// All of one vendor and type if they can be, from the smallest group that holds them, so that
    /// large groups stay whole; all on one memory node if they can be, from the fullest that fits;
    /// then the lowest numbers.
    ///
    /// - Parameters:
    ///   - request: how many, and perhaps of which type, which must equal a GPU's but for case.
    ///   - free: those that nobody holds, in any order.
    /// - Returns: as many as were asked for; nil where too few of the free ones match.
    public static func choose(_ request: GPURequest, from free: [GPU]) -> [GPU]? {
        let type = request.type?.lowercased()
        let matching = free.filter { type == nil || $0.type == type }
            .sorted { $0.index < $1.index }
        guard matching.count >= request.count else { return nil }
        let alike = groups(of: matching) { [$0.vendor.rawValue, $0.type] }
        let chosen = taken(request.count, from: smallest(of: alike, for: request.count) ?? matching)
        return chosen.sorted { $0.index < $1.index }
    }

    /// Takes GPUs from as few memory nodes as possible.
    private static func taken(_ count: Int, from available: [GPU]) -> [GPU] {
        guard count > 0 else { return [] }
        let nodes = groups(of: available, by: \.node)
        if let node = smallest(of: nodes, for: count) { return Array(node.prefix(count)) }
        let largest = nodes.max { ($0.count, $1[0].index) < ($1.count, $0[0].index) } ?? []
        let rest = available.filter { !largest.contains($0) }
        return largest + taken(count - largest.count, from: rest)
    }

    /// The smallest group that holds `count`; of equal ones that with the lowest number.
    private static func smallest(of groups: [[GPU]], for count: Int) -> [GPU]? {
        groups.filter { $0.count >= count && !$0.isEmpty }
            .min { ($0.count, $0[0].index) < ($1.count, $1[0].index) }
    }

    private static func groups(
        of gpus: [GPU],
        by key: (GPU) -> some Hashable
    ) -> [[GPU]] {
        Dictionary(grouping: gpus, by: key).values.sorted { $0[0].index < $1[0].index }
    }
}
