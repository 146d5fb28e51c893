/// EASY backfill: what may start in front of the first candidate that cannot.
///
/// Lifka, JSSPP 1995; Mu'alem, Feitelson, TPDS 2001; here over cores, memory and each GPU. In
/// order, a candidate starts when it fits and either ends by the reserved start or takes only what
/// the reservation spares. Free and spare amounts only shrink, so a candidate passed over once
/// stays so for the whole pass, and each shape has one contender: the first in order that is
/// admitted. O((starts + 1) · K · log Q) for K shapes among Q candidates.
struct EasyBackfill {
    /// A candidate that may start, and the GPUs that it may take.
    struct Choice {
        var shape: Int
        var slot: EstimateForest.Slot
        var key: OrderKey
        var gpus: GPUSet
        var endsInTime: Bool
    }

    private struct Contender {
        var shape: Int
        var slot: EstimateForest.Slot
        var key: OrderKey
    }

    private var spare: Amounts
    private let keptGPUs: GPUSet
    /// The longest estimate, in seconds, that ends by the reserved start; negative for none.
    private let longest: Int64
    private var contenders: [Contender] = []

    init(
        around reservation: Reservation,
        at now: Instant,
        index: PendingIndex,
        free: Amounts
    ) {
        spare = reservation.spare
        keptGPUs = reservation.keptGPUs
        longest =
            reservation.start.known.map { ($0.milliseconds - now.milliseconds) / 1000 } ?? -1
        for shape in index.shapes.indices {
            guard let contender = contender(of: shape, index: index, free: free) else { continue }
            contenders.append(contender)
        }
    }

    /// The first in order that may start; nil where none may.
    mutating func next(index: PendingIndex, free: Amounts) -> Choice? {
        while let place = contenders.indices.min(by: { contenders[$0].key < contenders[$1].key }) {
            let old = contenders[place]
            guard let new = contender(of: old.shape, index: index, free: free) else {
                contenders.swapAt(place, contenders.count - 1)
                contenders.removeLast()
                continue
            }
            contenders[place] = new
            // What was behind it may be in front now.
            if new.key == old.key { return choice(of: new, index: index, free: free) }
        }
        return nil
    }

    /// A choice has started on these amounts.
    mutating func start(_ choice: Choice, on amounts: Amounts) {
        if !choice.endsInTime { spare.subtract(amounts) }
    }

    private func contender(of shape: Int, index: PendingIndex, free: Amounts) -> Contender? {
        let record = index.shapes[shape]
        guard record.isPossible, let first = record.first, free.holds(record.needs) else {
            return nil
        }
        if spared(of: free).holds(record.needs) {
            return Contender(shape: shape, slot: first.slot, key: first.key)
        }
        let slot = index.forest.first(in: record.root, estimatedAtMost: longest)
        guard slot != EstimateForest.none else { return nil }
        return Contender(shape: shape, slot: slot, key: index.forest.key(of: slot))
    }

    private func choice(of contender: Contender, index: PendingIndex, free: Amounts) -> Choice {
        let needs = index.shapes[contender.shape].needs
        let endsInTime = index.forest.estimate(of: contender.slot) <= longest
        var gpus = free.gpus.intersection(needs.gpuChoice)
        if endsInTime {
            // What is kept is of use to those alone that end in time: they leave the rest alone.
            let kept = gpus.intersection(keptGPUs)
            if kept.count >= needs.gpuCount { gpus = kept }
        } else {
            gpus = gpus.intersection(spare.gpus)
        }
        return Choice(
            shape: contender.shape,
            slot: contender.slot,
            key: contender.key,
            gpus: gpus,
            endsInTime: endsInTime
        )
    }

    /// What is free and spare at once.
    private func spared(of free: Amounts) -> Amounts {
        Amounts(
            cores: min(free.cores, spare.cores),
            memory: min(free.memory, spare.memory),
            gpus: free.gpus.intersection(spare.gpus)
        )
    }
}
