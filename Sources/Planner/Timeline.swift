/// What is free from now on, as a function of time, with places taken in it.
///
/// Finding a place and taking it cost O(B) for B steps.
struct Timeline: Sendable {
    /// From its instant up to the next step's, this much is free.
    private struct Step {
        var from: Instant
        var free: Amounts
    }

    /// A time, from its start up to its end, and what is held then.
    struct Place: Equatable {
        var start: Instant
        /// ``Instant/unknown`` where it never ends.
        var end: Instant
        var amounts: Amounts
    }

    /// In order of time, the first of them now; the last goes on for ever.
    private var steps: [Step]

    /// So much is free for ever.
    init(free: Amounts, at now: Instant) {
        steps = [Step(from: now, free: free)]
    }

    /// What the runs leave free as they end, one after the other.
    ///
    /// Those that should have ended already are counted as ending at `soon`.
    init(_ profile: AvailabilityProfile, at now: Instant, soon: Instant) {
        steps = [Step(from: now, free: profile.free)]
        steps.reserveCapacity(profile.releases.count + 1)
        for release in profile.releases where release.end != .unknown {
            let end = max(release.end, release.end > now ? now.next : soon)
            let amounts = profile.usable(release.amounts)
            if end <= steps[steps.count - 1].from {
                let place = Place(start: end, end: .unknown, amounts: amounts)
                give(place)
            } else {
                var free = steps[steps.count - 1].free
                free.add(amounts)
                steps.append(Step(from: end, free: free))
            }
        }
    }

    /// What is free now.
    var free: Amounts { steps[0].free }

    /// Forgets what was before an instant.
    mutating func advance(to now: Instant) {
        guard steps[0].from < now else { return }
        let behind = steps.firstIndex { $0.from > now } ?? steps.count
        steps.removeFirst(behind - 1)
        steps[0].from = now
    }

    // MARK: Taking and giving

    /// Holds the amounts of a place, what is left of it.
    mutating func take(_ place: Place) {
        change(place) { $0.subtract(place.amounts) }
    }

    /// Gives back the amounts of a place, what is left of it.
    mutating func give(_ place: Place) {
        change(place) { $0.add(place.amounts) }
    }

    /// Keeps whatever serves these needs from all that is placed later.
    mutating func spare(_ needs: Needs) {
        for index in steps.indices { steps[index].free = steps[index].free.sparing(needs) }
    }

    private mutating func change(_ place: Place, _ body: (inout Amounts) -> Void) {
        let start = max(place.start, steps[0].from)
        guard start < place.end else { return }
        let first = split(at: start)
        let end = place.end == .unknown ? steps.count : split(at: place.end)
        for index in first..<end { body(&steps[index].free) }
        if end < steps.count { mergeIfEqual(end) }
        mergeIfEqual(first)
    }

    /// Makes an instant the start of a step, whose place is returned.
    private mutating func split(at instant: Instant) -> Int {
        let index = place(of: instant)
        if index < steps.count, steps[index].from == instant { return index }
        steps.insert(Step(from: instant, free: steps[index - 1].free), at: index)
        return index
    }

    private mutating func mergeIfEqual(_ index: Int) {
        guard index > 0, steps[index].free == steps[index - 1].free else { return }
        steps.remove(at: index)
    }

    /// The first step that starts at an instant or later.
    private func place(of instant: Instant) -> Int {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].from < instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Finding

    /// The earliest place for needs, and the GPUs that are free all the while.
    ///
    /// The length is in seconds, ``Seconds/unknown`` for ever. With a place that it has already,
    /// which then counts as free, only an earlier one is found. nil where there is none.
    func earliest(
        _ needs: Needs,
        for length: Int32,
        insteadOf own: Place? = nil
    ) -> (start: Instant, gpus: GPUSet)? {
        var start = 0
        search: while start < steps.count {
            let from = steps[start].from
            if let own, from >= own.start { return nil }
            let end = Self.end(from: from, for: length)
            var gpus = needs.gpuChoice
            for index in start..<steps.count {
                guard steps[index].from < end else { break }
                let isOwn = own.map { steps[index].from >= $0.start && steps[index].from < $0.end }
                // What it has there is enough for it.
                if isOwn != true,
                    needs.cores > steps[index].free.cores
                        || needs.memory > steps[index].free.memory
                {
                    start = index + 1
                    continue search
                }
                guard needs.gpuCount > 0 else { continue }
                var choice = steps[index].free.choice(for: needs)
                if isOwn == true, let own { choice = choice.union(own.amounts.gpusInPart) }
                gpus = gpus.intersection(choice)
                guard gpus.count >= needs.gpuCount else {
                    start += 1
                    continue search
                }
            }
            return (from, gpus)
        }
        return nil
    }

    /// The least of each amount that is free over a time, the GPUs those free all the while.
    func least(from start: Instant, for length: Int32) -> Amounts {
        let end = Self.end(from: start, for: length)
        let next = place(of: start.next)
        var least = steps[max(next - 1, 0)].free
        for step in steps[next...] {
            guard step.from < end else { break }
            least.meet(step.free)
        }
        return least
    }

    /// For how many seconds from now needs can be met; ``Seconds/unknown`` for ever, negative
    /// where they cannot be met at all.
    func longest(_ needs: Needs) -> Int32 {
        var least = steps[0].free
        guard least.holds(needs) else { return -1 }
        for step in steps.dropFirst() {
            least.meet(step.free)
            least.cores = step.free.cores
            least.memory = step.free.memory
            guard least.holds(needs) else {
                let span = step.from.milliseconds - steps[0].from.milliseconds
                return min(Int32(clamping: span / 1000), Seconds.unknown - 1)
            }
        }
        return Seconds.unknown
    }

    /// The end of something that starts then and takes so many seconds.
    static func end(from start: Instant, for length: Int32) -> Instant {
        length == Seconds.unknown ? .unknown : start.advanced(bySeconds: Int64(length))
    }
}
