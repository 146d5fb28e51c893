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
        let waste = Waste(of: recent, on: standings, freeCores: freeCores)
        var free = standings.map { max(0, $0.free) }
        var best: (place: Int, rank: [Int])?
        for place in standings.indices where offered.contains(standings[place].gpu.index) {
            let before = free[place]
            free[place] = max(0, before - standings[place].gpu.thousandths(for: request))
            let rank = [waste.sum(free), before, place]
            free[place] = before
            if best.map({ rank.lexicographicallyPrecedes($0.rank) }) ?? true {
                best = (place, rank)
            }
        }
        return best.map { standings[$0.place].gpu }
    }

    /// The free thousandths that are of no use to recent jobs, summed over those jobs.
    ///
    /// To a job that does not fit the machine, or wants no GPU, nothing is of use; to another, what
    /// is free of a GPU that has less than it wants of one.
    public func fragmentation(freeCores: Int, recent: RecentWorkload) -> Int {
        Waste(of: recent, on: standings, freeCores: freeCores)
            .sum(standings.map { max(0, $0.free) })
    }
}

/// What recent jobs want of each GPU, prepared for many sums.
private struct Waste {
    private struct Kind {
        /// How many jobs are of it.
        var weight: Int
        /// How many GPUs it wants.
        var count: Int
        /// The thousandths that it wants of each; more than there are where it wants none of one.
        var wanted: [Int]
    }

    private var kinds: [Kind] = []
    /// How many jobs want no GPU, or more cores than are free.
    private var others = 0

    init(of recent: RecentWorkload, on standings: [GPUSharing.Standing], freeCores: Int) {
        for (kind, weight) in recent.counts {
            guard let request = kind.gpus, kind.cores <= freeCores else {
                others += weight
                continue
            }
            let wanted = standings.map { standing in
                standing.gpu.matches(request) ? standing.gpu.thousandths(for: request) : .max
            }
            kinds.append(Kind(weight: weight, count: request.count, wanted: wanted))
        }
    }

    /// What is of no use, given the thousandths that are free of each GPU.
    func sum(_ free: [Int]) -> Int {
        let all = free.reduce(0, +)
        var sum = others * all
        for kind in kinds {
            var fitting = 0
            var waste = 0
            for place in free.indices {
                if kind.wanted[place] <= free[place] {
                    fitting += 1
                } else {
                    waste += free[place]
                }
            }
            sum += kind.weight * (fitting >= kind.count ? waste : all)
        }
        return sum
    }
}

extension GPU {
    /// The thousandths of it that a request takes, 1 to 1000; more where it is too small, or tells
    /// no memory to be shared.
    ///
    /// Rounded down, but for the smallest shares: what fits is counted in bytes, not in these.
    public func thousandths(for request: GPURequest) -> Int {
        guard let wanted = request.memory else { return 1000 }
        guard let memory, memory.bytes > 0, wanted <= memory else { return 1001 }
        let part = wanted.bytes.multipliedFullWidth(by: 1000)
        return max(1, Int(memory.bytes.dividingFullWidth(part).quotient))
    }
}
