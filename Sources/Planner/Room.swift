/// What may be given out now, and for how long.
struct Room {
    let now: Instant
    /// What is free now.
    var free: Amounts
    /// What will be free; nil where nothing of what is free now will be taken away.
    var timeline: Timeline?

    /// For how many seconds needs can be met; ``Seconds/unknown`` for ever, negative for not now.
    func longest(_ needs: Needs) -> Int32 {
        guard free.holds(needs) else { return -1 }
        return timeline?.longest(needs) ?? Seconds.unknown
    }

    /// The GPUs that would do for needs, each by itself, for so many seconds from now.
    func choice(for needs: Needs, length: Int32) -> GPUSet {
        guard needs.gpuCount > 0, let timeline else { return free.choice(for: needs) }
        var least = timeline.least(from: now, for: length)
        least.meet(free)
        return least.choice(for: needs)
    }

    /// Holds these amounts for so many seconds from now.
    mutating func take(_ amounts: Amounts, for length: Int32) {
        free.subtract(amounts)
        timeline?.take(
            Timeline.Place(
                start: now,
                end: Timeline.end(from: now, for: length),
                amounts: amounts
            )
        )
    }
}
