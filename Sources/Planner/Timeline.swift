/// What is free from now on, as a function of time, with places booked in it.
struct Timeline {
    /// From its instant up to the next step's, this much is free.
    private struct Step {
        var from: Instant
        var free: Amounts
    }

    /// In order of time, the first of them now; the last goes on for ever.
    private var steps: [Step]

    /// What the runs leave free as they end, one after the other.
    init(_ profile: AvailabilityProfile, at now: Instant) {
        steps = [Step(from: now, free: profile.free)]
        for release in profile.releases where release.end != .unknown {
            let end = profile.end(of: release, at: now)
            var free = steps[steps.count - 1].free
            free.add(profile.amounts(of: release))
            if steps[steps.count - 1].from == end {
                steps[steps.count - 1].free = free
            } else {
                steps.append(Step(from: end, free: free))
            }
        }
    }

    /// Books the earliest place for these needs and returns its start.
    ///
    /// The estimate is in seconds; nil books for ever. Where there is no place, nil is returned,
    /// and whatever serves the needs is kept from all that is booked later.
    mutating func book(_ needs: Needs, for estimate: Int64?) -> Instant? {
        guard let place = earliest(needs, for: estimate) else {
            for index in steps.indices { steps[index].free = steps[index].free.sparing(needs) }
            return nil
        }
        let start = steps[place.step].from
        if let end = Self.end(from: start, for: estimate).known { split(at: end) }
        let amounts = needs.amounts(on: place.gpus.lowest(needs.gpuCount))
        for index in place.step..<steps.count {
            guard steps[index].from < Self.end(from: start, for: estimate) else { break }
            steps[index].free.subtract(amounts)
        }
        return start
    }

    /// The first step from which the needs can be met throughout, and the GPUs free all the while.
    private func earliest(_ needs: Needs, for estimate: Int64?) -> (step: Int, gpus: GPUSet)? {
        var start = 0
        search: while start < steps.count {
            let end = Self.end(from: steps[start].from, for: estimate)
            var gpus = needs.gpuChoice
            for index in start..<steps.count {
                guard steps[index].from < end else { break }
                let free = steps[index].free
                guard needs.cores <= free.cores, needs.memory <= free.memory else {
                    start = index + 1
                    continue search
                }
                gpus = gpus.intersection(free.choice(for: needs))
                guard gpus.count >= needs.gpuCount else {
                    start += 1
                    continue search
                }
            }
            return (start, gpus)
        }
        return nil
    }

    /// Makes an instant behind the first step the start of one.
    private mutating func split(at instant: Instant) {
        let index = steps.firstIndex { $0.from >= instant } ?? steps.count
        if index < steps.count, steps[index].from == instant { return }
        steps.insert(Step(from: instant, free: steps[index - 1].free), at: index)
    }

    private static func end(from start: Instant, for estimate: Int64?) -> Instant {
        estimate.map(start.advanced(bySeconds:)) ?? .unknown
    }
}
