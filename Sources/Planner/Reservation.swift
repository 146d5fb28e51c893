/// The place kept for the first candidate that cannot start: EASY's only reservation.
struct Reservation {
    /// When there is room for it if the runs end as expected; ``Instant/unknown`` where that
    /// hangs on a run whose end nobody knows.
    var start: Instant
    /// What it leaves over at its start.
    var spare: Amounts
    /// The GPUs kept for it.
    var keptGPUs: GPUSet

    /// The earliest reservation for needs that cannot be met now.
    ///
    /// Where the start is unknown it may come at any moment, so that only what the candidate
    /// would leave over if nothing but its missing piece came free is spare: nothing in a
    /// dimension where it is short. Thus runs without a limit cannot keep it waiting for ever.
    init(for needs: Needs, in profile: AvailabilityProfile, at now: Instant) {
        var amounts = profile.free
        var index = 0
        while index < profile.releases.count, profile.releases[index].end != .unknown {
            let moment = profile.end(of: profile.releases[index], at: now)
            // All that ends at one instant is there at that instant.
            while index < profile.releases.count,
                profile.end(of: profile.releases[index], at: now) == moment
            {
                amounts.add(profile.amounts(of: profile.releases[index]))
                index += 1
            }
            guard amounts.holds(needs) else { continue }
            start = moment
            keptGPUs = Self.kept(for: needs, of: amounts, freeNow: profile.free)
            spare = amounts
            spare.subtract(needs.amounts(on: keptGPUs))
            return
        }
        start = .unknown
        spare = profile.free.sparing(needs)
        keptGPUs = profile.free.gpus.subtracting(spare.gpusInPart)
    }

    /// GPUs that are still held come first: others can do nothing with them until then.
    private static func kept(for needs: Needs, of then: Amounts, freeNow: Amounts) -> GPUSet {
        let choice = then.choice(for: needs)
        let free = freeNow.choice(for: needs)
        let late = choice.subtracting(free).lowest(needs.gpuCount)
        let early = choice.intersection(free).lowest(needs.gpuCount - late.count)
        return late.union(early)
    }
}
