/// What may start in front of a candidate that cannot.
///
/// EASY backfill (Lifka, JSSPP 1995; Mu'alem, Feitelson, TPDS 2001), here over cores, memory and
/// each GPU. In order, a candidate starts when it fits and either ends by the reserved start or
/// takes only what the reservation spares. Without a reservation whatever fits starts. Free and
/// spare amounts only shrink, so a candidate passed over once stays so for the whole pass, and each
/// group has one contender: the first in order that is admitted. O(K + starts · log K · log Q) for
/// K groups among Q candidates.
struct EasyBackfill {
    /// A candidate that may start, and the GPUs that it may take.
    struct Choice {
        var place: Contender
        var gpus: GPUSet
        var endsInTime: Bool
    }

    /// What is kept for the one that cannot start.
    struct Kept {
        /// In seconds, the longest that ends by its start; negative for none.
        var longest: Int32
        /// What counts as the length of what passes it.
        var measure: EstimateForest.Measure
        var spare: Amounts
        var gpus: GPUSet
    }

    private var kept: Kept?
    /// No candidate behind this one in order is looked at.
    private let last: OrderKey?
    /// Those with a place of their own, which are left alone.
    private let placed: [PendingIndex.Slot: Timeline.Place]
    private var contenders: Heap<Contender>

    init(
        around kept: Kept?,
        upTo last: OrderKey? = nil,
        leaving placed: [PendingIndex.Slot: Timeline.Place] = [:],
        index: PendingIndex,
        room: Room
    ) {
        self.kept = kept
        self.last = last
        self.placed = placed
        contenders = Heap()
        var found: [Contender] = []
        for shape in index.table.activeShapes {
            guard let bounds = bounds(of: index.table.shapes[Int(shape)].needs, room: room) else {
                continue
            }
            for group in index.table.shapes[Int(shape)].active {
                if let place = contender(of: group, within: bounds, index: index, at: room.now) {
                    found.append(place)
                }
            }
        }
        contenders = Heap(found)
    }

    /// The first in order that may start; nil where none may.
    mutating func next(index: PendingIndex, room: Room) -> Choice? {
        while let old = contenders.first {
            guard let new = contender(of: old.group, index: index, room: room) else {
                contenders.removeFirst()
                continue
            }
            if new.slot == old.slot { return choice(of: new, index: index, room: room) }
            // What was behind it may be in front now.
            contenders.replaceFirst(by: new)
        }
        return nil
    }

    /// A choice has started on these amounts.
    mutating func start(_ choice: Choice, on amounts: Amounts) {
        if !choice.endsInTime { kept?.spare.subtract(amounts) }
    }

    /// How long a candidate of a shape may be.
    private struct Bounds {
        /// Where it takes what is spare.
        var sparing: Int32
        /// Where it ends in time.
        var inTime: Int32
    }

    /// nil where nothing of that shape fits.
    private func bounds(of needs: Needs, room: Room) -> Bounds? {
        let longest = room.longest(needs)
        guard longest > 0 else { return nil }
        guard let kept else { return Bounds(sparing: longest, inTime: -1) }
        return Bounds(
            sparing: longestSparing(needs, kept: kept, room: room),
            inTime: min(longest, kept.longest)
        )
    }

    private func contender(of group: Int32, index: PendingIndex, room: Room) -> Contender? {
        bounds(of: index.needs(of: group), room: room).flatMap {
            contender(of: group, within: $0, index: index, at: room.now)
        }
    }

    private func contender(
        of group: Int32,
        within bounds: Bounds,
        index: PendingIndex,
        at now: Instant
    ) -> Contender? {
        let other = first(
            of: group,
            atMost: bounds.sparing,
            by: .estimate,
            index: index,
            at: now
        )
        guard let kept, bounds.sparing != Seconds.unknown else { return other }
        let inTime = first(
            of: group,
            atMost: bounds.inTime,
            by: kept.measure,
            index: index,
            at: now
        )
        guard let other, let inTime else { return other ?? inTime }
        return min(other, inTime)
    }

    /// For how many seconds needs can be met by what is free and spare at once.
    private func longestSparing(_ needs: Needs, kept: Kept, room: Room) -> Int32 {
        guard needs.cores <= kept.spare.cores, needs.memory <= kept.spare.memory else { return -1 }
        var needs = needs
        needs.gpuChoice = kept.spare.choice(for: needs)
        return room.longest(needs)
    }

    private func first(
        of group: Int32,
        atMost bound: Int32,
        by measure: EstimateForest.Measure,
        index: PendingIndex,
        at now: Instant
    ) -> Contender? {
        // Nothing is shorter than a second.
        guard bound > 0 else { return nil }
        let root = index.table[group].root
        var slot = index.forest.first(in: root, atMost: bound, by: measure)
        while slot != EstimateForest.none, placed[slot] != nil {
            let key = index.forest.key(of: slot)
            slot = index.forest.first(in: root, behind: key, atMost: bound, by: measure)
        }
        guard slot != EstimateForest.none else { return nil }
        let place = index.place(of: slot, at: now)
        if let last, last < place.key { return nil }
        return place
    }

    private func choice(of place: Contender, index: PendingIndex, room: Room) -> Choice {
        let needs = index.needs(of: place.group)
        let length = index.forest.length(of: place.slot)
        var gpus = room.choice(for: needs, length: length.estimate)
        guard let kept else { return Choice(place: place, gpus: gpus, endsInTime: true) }
        let counts = kept.measure == .limit ? length.limit : length.estimate
        let endsInTime = counts <= min(kept.longest, room.longest(needs))
        if endsInTime {
            // What is kept is of use to those alone that end in time: they leave the rest alone.
            let few = gpus.intersection(kept.gpus)
            if few.count >= needs.gpuCount { gpus = few }
        } else {
            gpus = gpus.intersection(kept.spare.choice(for: needs))
        }
        return Choice(place: place, gpus: gpus, endsInTime: endsInTime)
    }
}
