import JobModel

/// Conservative backfill.
extension Planner {
    /// Starts those whose place in time begins now, and gives a place to those who have none.
    ///
    /// Returns the first that waits.
    mutating func startPlaced(_ pass: inout Pass) -> Contender? {
        let isOverrun = profile.releases.first.map { $0.end <= pass.now } ?? false
        if isOverrun || book.needsRebuild(at: pass.now) {
            book.rebuild(index: index, on: timeline(at: pass.now))
        } else {
            book.advance(to: pass.now, index: index)
        }
        var refused: Set<PendingIndex.Slot> = []
        repeat {
            placeNewcomers(except: refused, at: pass.now)
        } while startDue(refusing: &refused, &pass)
        fillBeside(refused: refused, &pass)
        guard let first = index.first(at: pass.now) else {
            vigil = nil
            return nil
        }
        pass.plan.head = Plan.Head(
            job: first.key.id,
            expectedStart: book.places[first.slot].map { max($0.start, pass.now) }
        )
        return first
    }

    /// Gives places in order, as many as the depth allows and no later than the window does.
    private mutating func placeNewcomers(except refused: Set<PendingIndex.Slot>, at now: Instant) {
        let depth = scheme.backfill.depth ?? .max
        let latest = scheme.backfill.window.map(now.advanced(bySeconds:)) ?? .unknown
        for (key, slot) in unplaced(depth: depth, at: now) where !refused.contains(slot) {
            guard book.places.count < depth || key.isOverdue else { break }
            guard let place = book.place(slot, index: index) else { continue }
            if place.start > latest, !key.isOverdue { book.giveUp(slot) }
        }
    }

    /// The first in order of those without a place, as many as there can be places for.
    private mutating func unplaced(depth: Int, at now: Instant)
        -> [(key: OrderKey, slot: PendingIndex.Slot)]
    {
        guard index.startableCount > book.places.count else { return [] }
        guard depth < .max else {
            let slots = book.newcomers.filter { index.isStartable($0) && book.places[$0] == nil }
            return book.ordered(slots, at: now, index: index)
        }
        var result: [(key: OrderKey, slot: PendingIndex.Slot)] = []
        var line = Line(index, at: now)
        while let first = line.first, result.count < depth || first.key.isOverdue {
            guard book.places.count + result.count < depth || first.key.isOverdue else { break }
            if book.places[first.slot] == nil { result.append((first.key, first.slot)) }
            line.pass(index)
        }
        return result
    }

    /// Starts those whose place begins now; true where an array may want a place for its next task.
    private mutating func startDue(
        refusing refused: inout Set<PendingIndex.Slot>,
        _ pass: inout Pass
    ) -> Bool {
        var hasNext = false
        for slot in book.due(at: pass.now, index: index) {
            let place = index.place(of: slot, at: pass.now)
            guard let isBeside = mayPass(place, at: pass.now) else {
                book.giveUp(slot)
                refused.insert(slot)
                continue
            }
            let gpus = gpus(for: slot, of: book.gpus(for: slot, index: index), pass)
            let amounts = index.needs(of: place.group).amounts(on: gpus)
            let end = book.start(slot, on: amounts)
            let run = begin(slot, amounts, at: pass.now, endingAt: end)
            if isBeside { vigil?.beside.insert(run) }
            note(place.key, run, amounts, &pass)
            if index.isStartable(slot) {
                book.note(slot)
                hasNext = true
            }
        }
        return hasNext
    }

    /// Whether a candidate may start in front of the first that has waited as long as any may, and
    /// whether that is for taking only what is left beside it; nil where it may not.
    private mutating func mayPass(_ place: Contender, at now: Instant) -> Bool? {
        guard let first = index.first(at: now), first.key.isOverdue, first.slot != place.slot else {
            return false
        }
        let kept = keptPlace(for: first, at: now)
        if index.forest.length(of: place.slot).limit <= kept.longest { return false }
        let needs = index.needs(of: place.group)
        let amounts = book.places[place.slot]?.amounts ?? needs.amounts(on: GPUSet())
        return kept.spare.holds(amounts) ? true : nil
    }

    /// What is kept for a candidate that has waited as long as any may.
    private mutating func keptPlace(for head: Contender, at now: Instant) -> EasyBackfill.Kept {
        let place = book.places[head.slot]
        let gpus = place?.amounts.gpusInPart ?? GPUSet()
        return EasyBackfill.Kept(
            longest: Self.longest(from: now, to: place?.start ?? .unknown),
            measure: .limit,
            spare: watch(head, keeping: gpus),
            gpus: gpus
        )
    }

    /// Starts those without a place that fit beside all runs and places.
    private mutating func fillBeside(refused: Set<PendingIndex.Slot>, _ pass: inout Pass) {
        guard index.startableCount > book.places.count + refused.count else { return }
        let head = index.first(at: pass.now).flatMap { $0.key.isOverdue ? $0 : nil }
        let kept = head.map { keptPlace(for: $0, at: pass.now) }
        var room = Room(now: pass.now, free: book.timeline.free, timeline: book.timeline)
        var backfill = EasyBackfill(around: kept, leaving: book.places, index: index, room: room)
        while let choice = backfill.next(index: index, room: room) {
            let length = index.forest.length(of: choice.place.slot).estimate
            let gpus = gpus(for: choice.place.slot, of: choice.gpus, pass)
            let amounts = index.needs(of: choice.place.group).amounts(on: gpus)
            room.take(amounts, for: length)
            book.take(amounts, at: pass.now, for: length)
            let end = Timeline.end(from: pass.now, for: length)
            let run = begin(choice.place.slot, amounts, at: pass.now, endingAt: end)
            backfill.start(choice, on: amounts)
            if !choice.endsInTime, head != nil { vigil?.beside.insert(run) }
            note(choice.place.key, run, amounts, &pass)
        }
    }
}
