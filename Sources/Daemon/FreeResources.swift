internal import JobModel
internal import Placement

/// What nobody holds, exact CPUs and memory by node, and where a job has its place in it.
///
/// The planner counts; what a job that is about to stop still holds is free to the planner already,
/// and not here.
struct FreeResources: Sendable {
    private let inventory: Inventory
    /// The CPUs that nobody holds.
    private(set) var cpus: CPUSet
    private var bookedMemory: Int64 = 0
    private var bookedByNode: [Int: Int64] = [:]

    /// All of it is free.
    init(of inventory: Inventory) {
        self.inventory = inventory
        cpus = inventory.cpus
    }

    mutating func hold(_ allocation: Allocation) {
        cpus = cpus.subtracting(allocation.cpus)
        book(allocation, 1)
    }

    mutating func release(_ allocation: Allocation) {
        cpus = cpus.union(allocation.cpus.intersection(inventory.cpus))
        book(allocation, -1)
    }

    private mutating func book(_ allocation: Allocation, _ sign: Int64) {
        for share in allocation.memoryByNode {
            bookedMemory += sign * share.size.bytes
            if let node = share.node { bookedByNode[node, default: 0] += sign * share.size.bytes }
        }
    }

    /// Exact cores and memory for a job that has these GPUs; nil while somebody holds the cores or the
    /// memory that it needs.
    func place(_ request: ResourceRequest, on gpus: [Int]) -> Allocation? {
        let chosen = gpus.compactMap { index in inventory.gpus.first { $0.index == index } }
        let shares = chosen.map { gpu in
            let part = request.gpus.map { gpu.thousandths(for: $0) } ?? 1000
            return Allocation.GPUShare(uuid: gpu.uuid, thousandths: part)
        }
        let memory = inventory.memory(of: request)
        guard memory.bytes == 0 || bookedMemory + memory.bytes <= inventory.memory.bytes,
            let own = inventory.choice.choose(
                request.cpus,
                from: cpus,
                near: chosen.compactMap(\.node)
            )
        else { return nil }
        return Allocation(
            cpus: own,
            gpus: shares,
            memoryByNode: inventory.memoryChoice.choose(memory, beside: own, booked: bookedByNode)
        )
    }
}
