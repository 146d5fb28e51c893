public import JobModel

/// How far a machine's GPUs are given out, and the choice of one for a job that shares.
///
/// Shares are packed by fragmentation gradient descent (Weng et al., "Beware of Fragmentation",
/// USENIX ATC 2023): of the GPUs that could take the job, the one after which the least of what is
/// free is of no use to the jobs that have lately been asked for. So whole GPUs stay free for those
/// that need them whole.
public struct GPUSharing: Sendable {
    /// One GPU, and the thousandths of it that are free.
    public struct Standing: Sendable {
        /// The GPU.
        public var gpu: GPU
        /// 0 for one that is taken or not given out, 1000 for one that is free whole.
        public var free: Int
    }

    /// All GPUs, ordered by index.
    public private(set) var standings: [Standing]

    /// All of these GPUs are free.
    public init(of gpus: [GPU]) {
        standings = gpus.sorted { $0.index < $1.index }.map { Standing(gpu: $0, free: 1000) }
    }

    /// So many thousandths of a GPU are held by one more job; unknown GPUs are left out.
    public mutating func take(_ thousandths: Int, ofGPU index: Int) {
        guard let place = standings.firstIndex(where: { $0.gpu.index == index }) else { return }
        standings[place].free -= thousandths
    }

    /// The GPU for a share, of those that have room for it.
    ///
    /// - Parameters:
    ///   - request: of which a share of one GPU's memory is wanted.
    ///   - offered: the indices of the GPUs that it may have.
    ///   - freeCores: cores that are free; the same whichever GPU is taken.
    ///   - recent: what jobs have lately asked for.
    /// - Returns: of those that add least to what is of no use the fullest, then the one with the
    ///   lowest number; nil where none is offered.
    /// - Complexity: O(GPUs² · kinds) for the kinds of recent jobs.
    public func choose(
        _ request: GPURequest,
        from offered: [Int],
        freeCores: Int,
        recent: RecentWorkload
    ) -> GPU? {
        let candidates = standings.filter { offered.contains($0.gpu.index) }
        let ranked = candidates.map { candidate -> [Int] in
            var after = self
            after.take(candidate.gpu.thousandths(for: request), ofGPU: candidate.gpu.index)
            let waste = after.fragmentation(freeCores: freeCores, recent: recent)
            return [waste, candidate.free, candidate.gpu.index]
        }
        let least = ranked.indices.min { ranked[$0].lexicographicallyPrecedes(ranked[$1]) }
        return least.map { candidates[$0].gpu }
    }

    /// The free thousandths that are of no use to recent jobs, summed over those jobs.
    ///
    /// To a job that does not fit the machine, or wants no GPU, nothing is of use; to another, what
    /// is free of a GPU that has less than it wants of one.
    public func fragmentation(freeCores: Int, recent: RecentWorkload) -> Int {
        let all = standings.reduce(0) { $0 + max(0, $1.free) }
        return recent.counts.reduce(0) { sum, entry in
            sum + entry.value * (waste(for: entry.key, freeCores: freeCores) ?? all)
        }
    }

    /// What is free of GPUs that have too little for a kind of job; nil where it does not fit.
    private func waste(for kind: RecentWorkload.Kind, freeCores: Int) -> Int? {
        guard let request = kind.gpus, kind.cores <= freeCores else { return nil }
        var fitting = 0
        var waste = 0
        for standing in standings {
            let wanted = standing.gpu.thousandths(for: request)
            if standing.gpu.matches(request), wanted <= standing.free {
                fitting += 1
            } else {
                waste += max(0, standing.free)
            }
        }
        return fitting >= request.count ? waste : nil
    }
}

extension GPU {
    /// The thousandths of it that a request takes, 1 to 1000; more where it is too small, or tells
    /// no memory to be shared.
    ///
    /// Rounded down, so that shares that fit by their memory do so by their thousandths.
    public func thousandths(for request: GPURequest) -> Int {
        guard let wanted = request.memory else { return 1000 }
        guard let memory, memory.bytes > 0, wanted <= memory else { return 1001 }
        let part = wanted.bytes.multipliedFullWidth(by: 1000)
        return max(1, Int(memory.bytes.dividingFullWidth(part).quotient))
    }
}
