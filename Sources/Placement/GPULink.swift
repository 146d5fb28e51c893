/// The closest way between two GPUs.
public enum GPULink: Hashable, Sendable {
    /// Across memory nodes.
    case machine
    /// Within a memory node, over more than one host bridge.
    case node
    /// Within one PCI host bridge.
    case hostBridge
    /// Through PCI switches alone, or within one card.
    case pciSwitch
    /// So many NVLinks.
    case nvlink(Int)

    /// How two different GPUs are linked, as far as is known of them.
    public init(between first: GPU, and second: GPU) {
        let links = max(
            first.nvlinks.count { $0 == second.index },
            second.nvlinks.count { $0 == first.index }
        )
        let common = zip(first.path, second.path).prefix { $0 == $1 }.count
        if links > 0 {
            self = .nvlink(links)
        } else if common > 1 {
            self = .pciSwitch
        } else if common == 1 {
            self = .hostBridge
        } else {
            self = first.node == second.node ? .node : .machine
        }
    }

    /// What a link counts in the sum over a group of GPUs.
    ///
    /// Each kind counts twice the next, as their bandwidths roughly do, and NVLinks add up.
    public var weight: Int {
        switch self {
        case .machine: 0
        case .node: 1
        case .hostBridge: 2
        case .pciSwitch: 4
        case .nvlink(let links): 8 * links
        }
    }
}
