public import JobModel

/// The choice of exact GPUs for a job that gets them whole.
public enum GPUChoice {
    /// The GPUs for a request, ordered by index.
    ///
    /// All of one vendor and type if they can be, from the smallest group that holds them, so that
    /// large groups stay whole; of those the ones with the highest sum of links (``GPULink``), then
    /// those that leave the best linked rest, then the lowest numbers.
    ///
    /// - Parameters:
    ///   - request: how many, and perhaps of which type, which must equal a GPU's but for case.
    ///   - free: those that nobody holds, in any order.
    /// - Returns: as many as were asked for; nil where too few of the free ones match.
    /// - Complexity: up to 20,000 groups are compared one by one; where there are more, which takes
    ///   17 GPUs, groups are grown link by link.
    public static func choose(_ request: GPURequest, from free: [GPU]) -> [GPU]? {
        let matching = free.filter { $0.matches(request) }.sorted { $0.index < $1.index }
        guard matching.count >= request.count else { return nil }
        guard request.count > 0 else { return [] }
        let offered = alike(matching, atLeast: request.count) ?? matching
        return LinkedGroup(among: offered).best(request.count).map { offered[$0] }
    }

    /// The smallest group of one vendor and type that holds `count`; of equal ones that with the
    /// lowest number.
    private static func alike(_ gpus: [GPU], atLeast count: Int) -> [GPU]? {
        Dictionary(grouping: gpus) { [$0.vendor.rawValue, $0.type] }.values
            .filter { $0.count >= count }
            .min { ($0.count, $0[0].index) < ($1.count, $1[0].index) }
    }
}

extension GPU {
    /// Whether it is of the type that a request names, or the request names none.
    func matches(_ request: GPURequest) -> Bool {
        request.type.map { $0.lowercased() == type } ?? true
    }
}
