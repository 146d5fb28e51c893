/// So much of each dimension: what is free, or what a run holds.
///
/// Cores and memory are below zero where the machine has become smaller under its runs.
struct Amounts: Equatable {
    var cores = 0
    var memory: Int64 = 0
    var gpus = GPUSet()

    /// Whether a candidate with these needs could run on it.
    func holds(_ needs: Needs) -> Bool {
        needs.cores <= cores && needs.memory <= memory
            && (needs.gpuCount == 0
                || needs.gpuCount <= gpus.intersection(needs.gpuChoice).count)
    }

    mutating func add(_ other: Amounts) {
        cores += other.cores
        memory += other.memory
        gpus = gpus.union(other.gpus)
    }

    mutating func subtract(_ other: Amounts) {
        cores -= other.cores
        memory -= other.memory
        gpus = gpus.subtracting(other.gpus)
    }

    /// What is left when a candidate that may come at any moment keeps what there is for it.
    ///
    /// In a dimension that cannot serve it in full, nothing is left.
    func sparing(_ needs: Needs) -> Amounts {
        Amounts(
            cores: max(0, cores - needs.cores),
            memory: max(0, memory - needs.memory),
            gpus: gpus.subtracting(gpus.intersection(needs.gpuChoice).lowest(needs.gpuCount))
        )
    }
}

/// A demand in the planner's dimensions.
struct Needs: Equatable {
    var cores = 0
    var memory: Int64 = 0
    /// How many GPUs.
    var gpuCount = 0
    /// The GPUs that would do.
    var gpuChoice = GPUSet()

    /// What a run of it holds, given the GPUs that it has.
    func amounts(on gpus: GPUSet) -> Amounts {
        Amounts(cores: cores, memory: memory, gpus: gpus)
    }
}
