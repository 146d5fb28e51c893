import JobModel

/// The places kept for candidates by conservative backfill, and the time that is left beside them.
///
/// A place only gets earlier, but by a correction: then all are taken out and put back in the order
/// of their starts (Mu'alem, Feitelson, TPDS 2001).
struct ReservationBook {
    typealias Slot = PendingIndex.Slot
    typealias Place = Timeline.Place

    /// How late a start may be and still keep its place: timers are never exact.
    private static let grace: Int64 = 1000

    private(set) var places: [Slot: Place] = [:]
    /// What is free beside all runs and places.
    private(set) var timeline: Timeline
    /// Candidates that may start and have no place; some may have gone meanwhile.
    private(set) var newcomers: Set<Slot> = []
    /// What has come free since the last plan, up to its expected end.
    private var released: [Place] = []
    /// Whether all places must be made anew, since the future is not what was expected.
    var isStale = true

    init(free: Amounts) {
        timeline = Timeline(free: free, at: Instant(milliseconds: 0))
    }

    // MARK: Events

    /// A candidate may start now and perhaps has no place.
    mutating func note(_ slot: Slot) { newcomers.insert(slot) }

    mutating func note(_ slots: some Sequence<Slot>) { newcomers.formUnion(slots) }

    /// A candidate is gone, or is not what it was.
    mutating func drop(_ slot: Slot) {
        newcomers.remove(slot)
        if let place = places.removeValue(forKey: slot) { released.append(place) }
    }

    /// A run is over that held these amounts up to its expected end.
    mutating func release(_ amounts: Amounts, upTo end: Instant) {
        released.append(Place(start: Instant(milliseconds: .min), end: end, amounts: amounts))
    }

    /// A candidate had a place that began then.
    mutating func restore(_ slot: Slot, startingAt start: Instant) {
        places[slot] = Place(start: start, end: start, amounts: Amounts())
        isStale = true
    }

    // MARK: Planning

    /// Whether all places must be made anew at this instant.
    func needsRebuild(at now: Instant) -> Bool {
        isStale
            || places.values.contains { $0.start.milliseconds < now.milliseconds - Self.grace }
    }

    /// Brings places and time to an instant at which they need not be made anew.
    ///
    /// Where something has ended early, places move forward.
    mutating func advance(to now: Instant, index: PendingIndex) {
        timeline.advance(to: now)
        let early = released.filter { $0.end > now }
        released = []
        guard !early.isEmpty else { return }
        for place in early { timeline.give(place) }
        compress(at: now, index: index)
    }

    /// Takes all places out and puts them back, in the order of their starts.
    ///
    /// Those that have waited as long as any may come first.
    ///
    /// `base` is the time that the runs alone leave.
    mutating func rebuild(index: PendingIndex, on base: Timeline) {
        let order = places.map {
            (place: $0.value, slot: $0.key, key: index.forest.key(of: $0.key))
        }
        .sorted {
            if $0.key.isOverdue || $1.key.isOverdue { return $0.key < $1.key }
            return ($0.place.start, $0.key.submitted, $0.key.id)
                < ($1.place.start, $1.key.submitted, $1.key.id)
        }
        isStale = false
        released = []
        places = [:]
        timeline = base
        for (_, slot, _) in order {
            guard index.isStartable(slot), place(slot, index: index) != nil else {
                newcomers.insert(slot)
                continue
            }
        }
    }

    /// Moves each place, in order, to the earliest that there is beside all others.
    private mutating func compress(at now: Instant, index: PendingIndex) {
        for (_, slot) in ordered(places.keys, at: now, index: index) {
            guard let old = places[slot] else { continue }
            let needs = index.needs(of: index.group(of: slot))
            let length = index.forest.length(of: slot).estimate
            guard let found = timeline.earliest(needs, for: length, insteadOf: old) else {
                continue
            }
            timeline.give(old)
            take(slot, needs: needs, length: length, at: found)
        }
    }

    /// Gives the earliest place there is; nil where there is none.
    @discardableResult
    mutating func place(_ slot: Slot, index: PendingIndex) -> Place? {
        let needs = index.needs(of: index.group(of: slot))
        let length = index.forest.length(of: slot).estimate
        guard let found = timeline.earliest(needs, for: length) else { return nil }
        newcomers.remove(slot)
        return take(slot, needs: needs, length: length, at: found)
    }

    @discardableResult
    private mutating func take(
        _ slot: Slot,
        needs: Needs,
        length: Int32,
        at found: (start: Instant, gpus: GPUSet)
    ) -> Place {
        let place = Place(
            start: found.start,
            end: Timeline.end(from: found.start, for: length),
            amounts: needs.amounts(on: found.gpus.lowest(needs.gpuCount))
        )
        timeline.take(place)
        places[slot] = place
        return place
    }

    /// A place is given up; the candidate has none for now.
    mutating func giveUp(_ slot: Slot) {
        guard let place = places.removeValue(forKey: slot) else { return }
        timeline.give(place)
        newcomers.insert(slot)
    }

    /// Slots in the order that counts at an instant.
    func ordered(_ slots: some Sequence<Slot>, at now: Instant, index: PendingIndex)
        -> [(key: OrderKey, slot: Slot)]
    {
        slots.map { (index.key(of: $0, at: now), $0) }.sorted { $0.key < $1.key }
    }

    /// Those whose place begins now, in order.
    func due(at now: Instant, index: PendingIndex) -> [Slot] {
        let slots = places.lazy.filter { $0.value.start <= now }.map(\.key)
        return ordered(slots, at: now, index: index).map(\.slot)
    }

    /// When the next place begins; nil where there is none.
    var nextStart: Instant? { places.values.lazy.map(\.start).min() }

    /// The GPUs that a candidate may have for its place, its own and those free all the while.
    func gpus(for slot: Slot, index: PendingIndex) -> GPUSet {
        guard let place = places[slot] else { return GPUSet() }
        let needs = index.needs(of: index.group(of: slot))
        guard needs.gpuCount > 0 else { return GPUSet() }
        let length = index.forest.length(of: slot).estimate
        return timeline.least(from: place.start, for: length).choice(for: needs)
            .union(place.amounts.gpusInPart)
    }

    /// A candidate has started in its place, on these amounts; returns when the place ends.
    mutating func start(_ slot: Slot, on amounts: Amounts) -> Instant {
        guard var place = places.removeValue(forKey: slot) else {
            preconditionFailure("the candidate has no place")
        }
        if amounts != place.amounts {
            timeline.give(place)
            place.amounts = amounts
            timeline.take(place)
        }
        return place.end
    }

    /// Something without a place has started.
    mutating func take(_ amounts: Amounts, at now: Instant, for length: Int32) {
        timeline.take(
            Place(start: now, end: Timeline.end(from: now, for: length), amounts: amounts)
        )
    }
}
