internal import JobModel
internal import Placement

/// The choice of exact GPUs for the starts of one plan, one after the other.
struct GPUPlacement {
    private var sharing: GPUSharing
    private let freeCores: Int
    private let recent: RecentWorkload
    private let gpus: [GPU]

    /// Before the first start of a plan: these shares are held, so many cores are free, and GPUs in
    /// use from outside the queue are not given out.
    init(
        of gpus: [GPU],
        beside shares: [Allocation.GPUShare],
        notOn usedOutside: Set<Int>,
        freeCores: Int,
        recent: RecentWorkload
    ) {
        self.gpus = gpus
        self.freeCores = freeCores
        self.recent = recent
        sharing = GPUSharing(of: gpus)
        for index in usedOutside { sharing.take(1000, ofGPU: index) }
        for share in shares {
            guard let gpu = gpus.first(where: { $0.uuid == share.uuid }) else { continue }
            sharing.take(share.thousandths, ofGPU: gpu.index)
        }
    }

    /// The GPUs, by index, of a job that starts with these free for it.
    mutating func choose(_ request: GPURequest, from free: [Int]) -> [Int] {
        let chosen: [GPU]? =
            if request.memory == nil {
                GPUChoice.choose(request, from: gpus.filter { free.contains($0.index) })
            } else {
                sharing.choose(request, from: free, freeCores: freeCores, recent: recent)
                    .map { [$0] }
            }
        guard let chosen else { preconditionFailure("the counts admit what cannot be placed") }
        for gpu in chosen { sharing.take(gpu.thousandths(for: request), ofGPU: gpu.index) }
        return chosen.map(\.index)
    }
}
