/// The place kept for the first candidate that cannot start: EASY's only reservation.
struct Reservation {
    /// When there is room for it if the runs end as expected; ``Instant/unknown`` where that
    /// hangs on a run whose end nobody knows.
    var start: Instant
    /// What it leaves over from its start on.
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
            self.init(for: needs, at: moment, of: amounts, freeNow: profile.free)
            return
        }
        self.init(for: needs, floatingIn: profile.free)
    }

    /// The earliest reservation where capacity is reserved for a time.
    ///
    /// What it leaves over is what is spare as long as it runs.
    init(for needs: Needs, length: Int32, in timeline: Timeline) {
        guard let place = timeline.earliest(needs, for: length) else {
            self.init(for: needs, floatingIn: timeline.free)
            return
        }
        let least = timeline.least(from: place.start, for: length)
        self.init(for: needs, at: place.start, of: least, freeNow: timeline.free)
    }

    private init(for needs: Needs, at start: Instant, of amounts: Amounts, freeNow: Amounts) {
        self.start = start
        keptGPUs = Self.kept(for: needs, of: amounts, freeNow: freeNow)
        spare = amounts
        spare.subtract(needs.amounts(on: keptGPUs))
    }

    private init(for needs: Needs, floatingIn free: Amounts) {
        start = .unknown
        spare = free.sparing(needs)
        keptGPUs = free.gpus.subtracting(spare.gpusInPart)
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
