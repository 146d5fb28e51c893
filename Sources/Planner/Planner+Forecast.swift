public import JobModel

extension Planner {
    /// Why a candidate waits, as Slurm calls it; `none` where nothing of it waits.
    ///
    /// O(K).
    public func reason(for id: JobID) -> Reason {
        guard let standing = index.standing(of: id) else { return .none }
        guard capacity.amounts.holds(standing.shape.needs) else { return .partitionConfig }
        guard standing.shape.isPossible else { return .reqNodeNotAvail }
        guard standing.mayStart else { return .jobArrayTaskLimit }
        return index.first(at: clock)?.key.id == id ? .resources : .priority
    }

    /// When the first candidates in order are expected to start, `limit` of them at most.
    ///
    /// Each gets the place that is kept for it, or the earliest that leaves those in front of it
    /// theirs, if all ends come as expected; for an array, its next task. O(limit · (R + limit)).
    public func forecast(at now: Instant, limit: Int) -> [Forecast] {
        var timeline: Timeline
        if isBookKept {
            timeline = book.timeline
            timeline.advance(to: now)
        } else {
            timeline = self.timeline(at: now)
        }
        var line = Line(index, at: now)
        var forecasts: [Forecast] = []
        while forecasts.count < limit, let first = line.first {
            let kept = isBookKept ? book.places[first.slot].map { max($0.start, now) } : nil
            forecasts.append(
                Forecast(
                    job: first.key.id,
                    start: kept ?? book(first, in: &timeline),
                    isKept: kept != nil
                )
            )
            line.pass(index)
        }
        return forecasts
    }

    /// Takes the earliest place for a candidate; where there is none, what would serve it is kept.
    private func book(_ place: Contender, in timeline: inout Timeline) -> Instant? {
        let needs = index.needs(of: place.group)
        let length = index.forest.length(of: place.slot).estimate
        guard let found = timeline.earliest(needs, for: length) else {
            timeline.spare(needs)
            return nil
        }
        timeline.take(
            Timeline.Place(
                start: found.start,
                end: Timeline.end(from: found.start, for: length),
                amounts: needs.amounts(on: found.gpus.lowest(needs.gpuCount))
            )
        )
        return found.start
    }
}
