import JobModel

extension Planner {
    /// What is kept for the first that cannot start, from its reservation.
    mutating func kept(for head: Contender, _ reservation: Reservation, at now: Instant)
        -> EasyBackfill.Kept
    {
        var kept = EasyBackfill.Kept(
            longest: Self.longest(from: now, to: reservation.start),
            measure: .estimate,
            spare: reservation.spare,
            gpus: reservation.keptGPUs
        )
        guard head.key.isOverdue else {
            vigil = nil
            return kept
        }
        let left = watch(head, keeping: reservation.keptGPUs)
        kept.measure = .limit
        kept.spare.meet(left)
        return kept
    }

    /// What others may take beside a candidate that has waited as long as any may.
    mutating func watch(_ head: Contender, keeping gpus: GPUSet) -> Amounts {
        let needs = index.needs(of: head.group)
        if vigil?.job != head.key.id {
            let more = profile.usableGPUs.intersection(needs.gpuChoice).subtracting(gpus)
            let kept = gpus.union(more.lowest(needs.gpuCount - gpus.count))
            vigil = Vigil(job: head.key.id, gpus: kept)
        }
        guard let vigil else { return Amounts() }
        var left = capacity.amounts
        left.gpus = profile.usableGPUs
        left.subtract(needs.amounts(on: vigil.gpus))
        for run in vigil.beside { if let run = runs[run] { left.subtract(run.amounts) } }
        return left
    }

    /// The whole seconds from one instant to another; negative where the other is unknown.
    static func longest(from now: Instant, to start: Instant) -> Int32 {
        guard let start = start.known else { return -1 }
        let span = (start.milliseconds - now.milliseconds) / 1000
        return min(Int32(clamping: span), Seconds.unknown - 1)
    }
}
