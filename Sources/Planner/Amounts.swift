/// So much of each dimension: what is free, or what a run holds.
///
/// Cores and memory are below zero where the machine has become smaller under its runs.
struct Amounts: Equatable {
    var cores = 0
    var memory: Int64 = 0
    /// Whole GPUs.
    var gpus = GPUSet()
    /// Of GPUs that are shared, what is held of them: of what is free, by all their holders.
    var parts = GPUParts()

    /// Whether a candidate with these needs could run on it.
    func holds(_ needs: Needs) -> Bool {
        needs.cores <= cores && needs.memory <= memory
            && (needs.gpuCount == 0 || needs.gpuCount <= choice(for: needs).count)
    }

    /// Whether a run could hold these amounts of it.
    func holds(_ amounts: Amounts) -> Bool {
        amounts.cores <= cores && amounts.memory <= memory && amounts.gpus.isSubset(of: gpus)
            && amounts.parts.allSatisfy { part in
                gpus.contains(part.gpu) || parts.roomy(for: part.held).contains(part.gpu)
            }
    }

    /// Of what is free, the GPUs that would do for these needs, each by itself.
    func choice(for needs: Needs) -> GPUSet {
        let whole = gpus.intersection(needs.gpuChoice)
        guard needs.gpuShare > 0, !parts.isEmpty else { return whole }
        return whole.union(parts.roomy(for: needs.gpuShare).intersection(needs.gpuChoice))
    }

    /// The GPUs of which something is held, whole or in part.
    var gpusInPart: GPUSet { parts.isEmpty ? gpus : gpus.union(parts.gpus) }

    mutating func add(_ other: Amounts) {
        cores += other.cores
        memory += other.memory
        gpus = gpus.union(other.gpus.subtracting(parts.gpus))
        for part in other.parts where parts.release(part) { gpus = gpus.union(GPUSet([part.gpu])) }
    }

    mutating func subtract(_ other: Amounts) {
        cores -= other.cores
        memory -= other.memory
        hold(other.gpus, other.parts)
    }

    /// Of what is free, holds these GPUs and parts; of what is not, nothing more.
    mutating func hold(_ whole: GPUSet, _ shared: GPUParts) {
        gpus = gpus.subtracting(whole)
        parts.remove(whole)
        for part in shared {
            parts.hold(part, isFree: gpus.contains(part.gpu))
            gpus = gpus.subtracting(GPUSet([part.gpu]))
        }
    }

    /// Of each dimension, keeps no more than there is of another.
    mutating func meet(_ other: Amounts) {
        cores = min(cores, other.cores)
        memory = min(memory, other.memory)
        parts = parts.meeting(gpus, other.parts, other.gpus)
        gpus = gpus.intersection(other.gpus)
    }

    /// What is left when a candidate that may come at any moment keeps what there is for it.
    ///
    /// In a dimension that cannot serve it in full, nothing is left.
    func sparing(_ needs: Needs) -> Amounts {
        var rest = self
        rest.cores = max(0, cores - needs.cores)
        rest.memory = max(0, memory - needs.memory)
        guard needs.gpuCount > 0 else { return rest }
        let choice = choice(for: needs)
        rest.hold(needs.amounts(on: choice.lowest(needs.gpuCount)))
        // What comes free of a shared GPU is for the candidate.
        if choice.count < needs.gpuCount { rest.parts.remove(needs.gpuChoice) }
        return rest
    }

    private mutating func hold(_ other: Amounts) {
        hold(other.gpus, other.parts)
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
    /// The bytes wanted of a GPU that is shared; 0 for whole GPUs.
    var gpuShare: Int64 = 0
    /// Of a GPU that is shared, what would be held of each that would do.
    var gpuParts = GPUParts()

    /// What a run of it holds, given the GPUs that it has.
    func amounts(on gpus: GPUSet) -> Amounts {
        guard gpuShare > 0 else { return Amounts(cores: cores, memory: memory, gpus: gpus) }
        return Amounts(cores: cores, memory: memory, parts: gpuParts.intersection(gpus))
    }
}
