internal import Machine

/// Where the NVLinks of one GPU lead.
struct NVLinkEnds {
    /// The GPU's address on the bus.
    var bus: String
    /// The addresses of the GPUs at the other ends, once for each link.
    var peers: [String] = []
    /// How many lead to an NVSwitch, which joins all GPUs that are linked to it.
    var switchCount = 0

    /// The pairs of GPUs that are linked.
    static func links(between ends: [NVLinkEnds]) -> [GPUProbe.Link] {
        var links: [GPUProbe.Link] = []
        for (place, first) in ends.enumerated() {
            for second in ends[..<place] {
                let direct = max(
                    first.peers.count { $0 == second.bus },
                    second.peers.count { $0 == first.bus }
                )
                let count = direct + min(first.switchCount, second.switchCount)
                guard count > 0 else { continue }
                links.append(
                    GPUProbe.Link(
                        first: second.bus,
                        second: first.bus,
                        count: min(count, GPUProbe.Link.most)
                    )
                )
            }
        }
        return links
    }
}
