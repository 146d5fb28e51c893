import JobModel

/// The candidates, grouped by shape, those of a shape that may start now in a tree by order.
///
/// An array is one entry, and leaves its tree while its throttle is reached. An entry stays as
/// long as something of it waits or runs. Adding, removing and changing cost O(log Q); memory is
/// under 200 bytes an entry.
struct PendingIndex {
    typealias Slot = EstimateForest.Slot

    /// What all candidates with one demand share.
    struct Shape {
        var needs: Needs
        /// The first candidate in order and its key; nil where none may start now.
        var first: (slot: Slot, key: OrderKey)?
        /// Whether the machine could ever run it as things are; false keeps it out of the order.
        var isPossible: Bool
        fileprivate(set) var root = EstimateForest.none
        fileprivate var entryCount = 0
    }

    private struct Entry {
        var priority: Int64
        var waiting: Int32
        var running: Int32
        var throttle: Int32
        var shape: Int32

        var mayStart: Bool { waiting > 0 && running < throttle }
    }

    /// By number; those without an entry are kept for the next demand.
    private(set) var shapes: [Shape] = []
    private(set) var forest = EstimateForest()
    private var demands: [Demand] = []
    private var shapeNumbers: [Demand: Int32] = [:]
    private var freeShapes: [Int32] = []
    private var entries: [Entry] = []
    private var freeSlots: [Slot] = []
    private var slots: [JobID: Slot] = [:]

    private let capacity: Capacity
    private var ceiling: Amounts

    /// How many candidates wait, an array counting once.
    private(set) var waitingCount = 0

    init(capacity: Capacity) {
        self.capacity = capacity
        ceiling = capacity.amounts
    }

    // MARK: Looking

    /// The shape whose first candidate is first of all; nil where nothing may start.
    var firstShape: Int? {
        var found: (shape: Int, key: OrderKey)?
        for index in shapes.indices where shapes[index].isPossible {
            guard let key = shapes[index].first?.key else { continue }
            if let best = found, best.key < key { continue }
            found = (index, key)
        }
        return found?.shape
    }

    /// The candidate as it now stands; nil where nothing of it waits.
    func candidate(_ id: JobID) -> Candidate? {
        guard let slot = slots[id], entries[Int(slot)].waiting > 0 else { return nil }
        let entry = entries[Int(slot)]
        let estimate = forest.estimate(of: slot)
        return Candidate(
            id: id,
            priority: entry.priority,
            submitted: forest.key(of: slot).submitted,
            demand: demands[Int(entry.shape)],
            estimate: estimate == .max ? nil : estimate,
            count: Int(entry.waiting),
            throttle: entry.throttle == .max ? nil : Int(entry.throttle)
        )
    }

    /// The shape of a candidate and whether it may start; nil where nothing of it waits.
    func standing(of id: JobID) -> (shape: Int, mayStart: Bool)? {
        guard let slot = slots[id], entries[Int(slot)].waiting > 0 else { return nil }
        return (Int(entries[Int(slot)].shape), entries[Int(slot)].mayStart)
    }

    /// The demand of the candidate in a slot.
    func demand(of slot: Slot) -> Demand { demands[Int(entries[Int(slot)].shape)] }

    /// The first candidates in order that may start and are possible, `limit` of them at most.
    ///
    /// O(limit · (K + log Q)).
    func first(_ limit: Int) -> [(id: JobID, shape: Int, estimate: Int64?)] {
        var heads: [(shape: Int, slot: Slot, key: OrderKey)] = shapes.indices.compactMap {
            guard shapes[$0].isPossible, let first = shapes[$0].first else { return nil }
            return ($0, first.slot, first.key)
        }
        var result: [(id: JobID, shape: Int, estimate: Int64?)] = []
        while result.count < limit,
            let place = heads.indices.min(by: { heads[$0].key < heads[$1].key })
        {
            let (shape, slot, key) = heads[place]
            let estimate = forest.estimate(of: slot)
            result.append((key.id, shape, estimate == .max ? nil : estimate))
            let next = forest.first(in: shapes[shape].root, behind: key)
            if next == EstimateForest.none {
                heads.remove(at: place)
            } else {
                heads[place] = (shape, next, forest.key(of: next))
            }
        }
        return result
    }

    // MARK: Changing

    /// Adds a candidate, or replaces what is known of it; what runs of it stays counted.
    mutating func set(_ candidate: Candidate) {
        let running = slots[candidate.id].map { entries[Int($0)].running } ?? 0
        put(candidate, running: running)
    }

    /// Nothing of this candidate waits any more.
    ///
    /// Does nothing where it is unknown.
    mutating func remove(_ id: JobID) {
        guard let slot = slots[id] else { return }
        change(slot) { $0.waiting = 0 }
    }

    /// One task of a candidate that may start now runs.
    mutating func start(_ slot: Slot) {
        change(slot) {
            $0.waiting -= 1
            $0.running += 1
        }
    }

    /// One more task of a candidate runs that did not wait here; the candidate may yet come.
    mutating func adopt(_ id: JobID, demand: Demand) {
        if let slot = slots[id] {
            change(slot) { $0.running += 1 }
        } else {
            // While nothing of it waits, no other field is looked at; `set` will tell them.
            let zero = Instant(milliseconds: 0)
            put(Candidate(id: id, submitted: zero, demand: demand, count: 0), running: 1)
        }
    }

    /// One running task of a candidate has ended, or waits again.
    mutating func end(_ id: JobID, waitsAgain: Bool) {
        guard let slot = slots[id] else { return }
        change(slot) {
            $0.running -= 1
            $0.waiting += waitsAgain ? 1 : 0
        }
    }

    /// Says what the machine could give out at best as things are.
    mutating func setCeiling(_ amounts: Amounts) {
        ceiling = amounts
        for index in shapes.indices {
            shapes[index].isPossible = ceiling.holds(shapes[index].needs)
        }
    }

    // MARK: Entries

    private mutating func put(_ candidate: Candidate, running: Int32) {
        precondition(0...Int(Int32.max) ~= candidate.count, "no such number of tasks")
        let shape = shapeNumber(of: candidate.demand)
        shapes[Int(shape)].entryCount += 1
        let entry = Entry(
            priority: candidate.priority,
            waiting: Int32(candidate.count),
            running: running,
            throttle: candidate.throttle.map { Int32(clamping: $0) } ?? .max,
            shape: shape
        )
        let slot = vacantSlot(for: candidate.id)
        if Int(slot) == entries.count {
            entries.append(entry)
        } else {
            entries[Int(slot)] = entry
        }
        forest.fill(slot, key: OrderKey(candidate), estimate: candidate.estimate ?? .max)
        waitingCount += entry.waiting > 0 ? 1 : 0
        if entry.mayStart { link(slot) }
        dropIfOver(slot)
    }

    /// The slot of a known candidate, taken out of tree and shape, or a new one.
    private mutating func vacantSlot(for id: JobID) -> Slot {
        if let slot = slots[id] {
            if entries[Int(slot)].mayStart { unlink(slot) }
            waitingCount -= entries[Int(slot)].waiting > 0 ? 1 : 0
            leaveShape(entries[Int(slot)].shape)
            return slot
        }
        let slot = freeSlots.popLast() ?? Slot(entries.count)
        slots[id] = slot
        return slot
    }

    private mutating func change(_ slot: Slot, _ body: (inout Entry) -> Void) {
        let before = entries[Int(slot)]
        body(&entries[Int(slot)])
        let after = entries[Int(slot)]
        waitingCount += (after.waiting > 0 ? 1 : 0) - (before.waiting > 0 ? 1 : 0)
        if after.mayStart && !before.mayStart { link(slot) }
        if before.mayStart && !after.mayStart { unlink(slot) }
        dropIfOver(slot)
    }

    private mutating func dropIfOver(_ slot: Slot) {
        guard entries[Int(slot)].waiting == 0, entries[Int(slot)].running == 0 else { return }
        slots[forest.key(of: slot).id] = nil
        freeSlots.append(slot)
        leaveShape(entries[Int(slot)].shape)
    }

    // MARK: Shapes

    private mutating func link(_ slot: Slot) {
        let shape = Int(entries[Int(slot)].shape)
        let key = forest.key(of: slot)
        shapes[shape].root = forest.insert(slot, into: shapes[shape].root)
        if let first = shapes[shape].first, first.key < key { return }
        shapes[shape].first = (slot, key)
    }

    private mutating func unlink(_ slot: Slot) {
        let shape = Int(entries[Int(slot)].shape)
        shapes[shape].root = forest.remove(slot, from: shapes[shape].root)
        guard shapes[shape].first?.slot == slot else { return }
        let next = forest.first(in: shapes[shape].root)
        shapes[shape].first = next == EstimateForest.none ? nil : (next, forest.key(of: next))
    }

    private mutating func shapeNumber(of demand: Demand) -> Int32 {
        if let known = shapeNumbers[demand] { return known }
        let needs = capacity.needs(of: demand)
        let shape = Shape(needs: needs, isPossible: ceiling.holds(needs))
        let number = freeShapes.popLast() ?? Int32(shapes.count)
        if Int(number) == shapes.count {
            shapes.append(shape)
            demands.append(demand)
        } else {
            shapes[Int(number)] = shape
            demands[Int(number)] = demand
        }
        shapeNumbers[demand] = number
        return number
    }

    private mutating func leaveShape(_ shape: Int32) {
        shapes[Int(shape)].entryCount -= 1
        guard shapes[Int(shape)].entryCount == 0 else { return }
        shapeNumbers[demands[Int(shape)]] = nil
        freeShapes.append(shape)
    }
}
