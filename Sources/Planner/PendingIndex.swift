import JobModel

/// The candidates in groups, those of a group that may start now in a tree by order.
///
/// A group has one demand, and whatever else makes its order stand still (``Ranking``). An array is
/// one entry, and leaves its tree while its throttle is reached. An entry stays as long as
/// something of it waits or runs. Adding, removing and changing cost O(log Q); memory is under 200
/// bytes an entry.
struct PendingIndex {
    typealias Slot = EstimateForest.Slot

    /// What is known of one that has run before, and was stopped.
    struct Interruption {
        /// The seconds that it has run.
        var progress: Int64
        /// The estimate before any correction.
        var firstEstimate: Int64?
        var corrections: Int
    }

    private struct Entry {
        var priority: Int64
        var waiting: Int32
        var running: Int32
        var throttle: Int32
        var group: Int32
        var association: Int32
        var isPreemptible: Bool

        var mayStart: Bool { waiting > 0 && running < throttle }

        var isInUse: Bool { waiting > 0 || running > 0 }
    }

    private(set) var forest = EstimateForest()
    private(set) var table: GroupTable
    private var entries: [Entry] = []
    private var freeSlots: [Slot] = []
    private var slots: [JobID: Slot] = [:]
    private var interruptions: [Slot: Interruption] = [:]
    private var associations = Interner<Association>()
    private var changes = Heap<OrderChange>()

    private let cores: Int
    private(set) var ranking: Ranking
    private var origin: Instant?
    private var clock = Instant(milliseconds: .min)

    /// How many candidates wait, an array counting once.
    private(set) var waitingCount = 0
    /// How many of them may start and are possible.
    private(set) var startableCount = 0

    init(capacity: Capacity, scheme: Scheme) {
        cores = capacity.cores
        table = GroupTable(capacity: capacity)
        ranking = Ranking(scheme: scheme, cores: cores)
        origin = scheme.origin
    }

    // MARK: Looking

    func needs(of group: Int32) -> Needs { table.shapes[Int(table[group].shape)].needs }

    func group(of slot: Slot) -> Int32 { entries[Int(slot)].group }

    func isPreemptible(_ slot: Slot) -> Bool { entries[Int(slot)].isPreemptible }

    /// Whether the candidate in this slot may start as far as it is concerned.
    func isStartable(_ slot: Slot) -> Bool {
        entries[Int(slot)].mayStart && table.shape(of: group(of: slot)).isPossible
    }

    func slot(of id: JobID) -> Slot? { slots[id] }

    func interruption(of slot: Slot) -> Interruption? { interruptions[slot] }

    /// The key of a candidate with the rank that counts among groups at an instant.
    func key(of slot: Slot, at now: Instant) -> OrderKey {
        let group = table[entries[Int(slot)].group]
        let cores = table.shapes[Int(group.shape)].needs.cores
        return key(of: slot, cores: cores, variant: group.variant, at: now)
    }

    private func key(of slot: Slot, cores: Int, variant: Int32, at now: Instant) -> OrderKey {
        var key = forest.key(of: slot)
        key.rank = ranking.rank(
            key,
            estimate: forest.length(of: slot).estimate,
            cores: cores,
            variant: variant,
            at: now
        )
        return key
    }

    func place(of slot: Slot, at now: Instant) -> Contender {
        Contender(key: key(of: slot, at: now), slot: slot, group: entries[Int(slot)].group)
    }

    /// The first of a group; nil where none may start.
    func firstPlace(of group: Int32, at now: Instant) -> Contender? {
        let slot = table[group].first
        return slot == EstimateForest.none ? nil : place(of: slot, at: now)
    }

    /// The next of the same group.
    func place(behind place: Contender, at now: Instant) -> Contender? {
        let key = forest.key(of: place.slot)
        let slot = forest.first(in: table[place.group].root, behind: key)
        return slot == EstimateForest.none ? nil : self.place(of: slot, at: now)
    }

    /// The first of each group.
    func forEachHead(at now: Instant, _ body: (Contender) -> Void) {
        for shape in table.activeShapes {
            let cores = table.shapes[Int(shape)].needs.cores
            for number in table.shapes[Int(shape)].active {
                let group = table[number]
                let key = key(of: group.first, cores: cores, variant: group.variant, at: now)
                body(Contender(key: key, slot: group.first, group: number))
            }
        }
    }

    /// The first in order of all that may start.
    func first(at now: Instant) -> Contender? {
        var found: Contender?
        forEachHead(at: now) { place in
            if let best = found, best < place { return }
            found = place
        }
        return found
    }

    /// The candidate as it now stands; nil where nothing of it waits.
    func candidate(_ id: JobID) -> Candidate? {
        guard let slot = slots[id], entries[Int(slot)].waiting > 0 else { return nil }
        let entry = entries[Int(slot)]
        let length = forest.length(of: slot)
        let progress = interruptions[slot]?.progress ?? 0
        return Candidate(
            id: id,
            priority: entry.priority,
            submitted: forest.key(of: slot).submitted,
            demand: table.shape(of: entry.group).demand,
            estimate: Seconds.given(length.estimate).map { $0 + progress },
            limit: Seconds.given(length.limit).map { $0 + progress },
            progress: progress,
            isPreemptible: entry.isPreemptible,
            count: Int(entry.waiting),
            throttle: entry.throttle == .max ? nil : Int(entry.throttle),
            association: associations[entry.association]
        )
    }

    /// The shape of a candidate and whether it may start; nil where nothing of it waits.
    func standing(of id: JobID) -> (shape: GroupTable.Shape, mayStart: Bool)? {
        guard let slot = slots[id], entries[Int(slot)].waiting > 0 else { return nil }
        return (table.shape(of: group(of: slot)), entries[Int(slot)].mayStart)
    }

    /// The demand of the candidate in a slot.
    func demand(of slot: Slot) -> Demand { table.shape(of: group(of: slot)).demand }

    /// When the order changes by itself next; nil for never.
    var nextChange: Instant? { changes.first?.due }

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

    /// A job runs that did not wait here, and may be stopped.
    mutating func adopt(_ candidate: Candidate) {
        var candidate = candidate
        candidate.count = 0
        put(candidate, running: 1)
    }

    /// One running task of a candidate has ended, or waits again.
    mutating func end(_ id: JobID, waitsAgain: Bool) {
        guard let slot = slots[id] else { return }
        change(slot) {
            $0.running -= 1
            $0.waiting += waitsAgain ? 1 : 0
        }
    }

    /// A running job has been stopped, and waits to go on.
    mutating func interrupt(_ slot: Slot, _ interruption: Interruption, left: EstimateForest.Length)
    {
        let key = forest.key(of: slot)
        let demand = demand(of: slot)
        table.leave(entries[Int(slot)].group)
        interruptions[slot] = interruption
        file(slot, id: key.id, submitted: key.submitted, demand: demand, length: left)
        change(slot) {
            $0.running -= 1
            $0.waiting += 1
        }
    }

    /// Says what the machine could give out at best as things are.
    mutating func setCeiling(_ amounts: Amounts) {
        table.setCeiling(amounts)
        startableCount = 0
        startableCount = startableSlots.count
    }

    /// Orders by another scheme from now on.
    mutating func change(to scheme: Scheme) {
        ranking = Ranking(scheme: scheme, cores: cores)
        let inUse = entries.indices.filter { entries[$0].isInUse }.map(Slot.init)
        let waiting = inUse.filter { entries[Int($0)].waiting > 0 }
        origin = scheme.origin ?? waiting.map { forest.key(of: $0).submitted }.min()
        changes = Heap()
        for slot in inUse { refile(slot) }
    }

    /// All that may start and are possible.
    var startableSlots: [Slot] {
        entries.indices.map(Slot.init).filter { entries[Int($0)].isInUse && isStartable($0) }
    }

    /// Moves those whose place changes by the passage of time, up to this instant.
    ///
    /// True where one has now waited as long as any may.
    mutating func advance(to now: Instant) -> Bool {
        clock = max(clock, now)
        var isNewlyOverdue = false
        while let change = changes.first, change.due <= now {
            changes.removeFirst()
            guard entries[Int(change.slot)].isInUse else { continue }
            refile(change.slot)
            isNewlyOverdue = isNewlyOverdue || forest.key(of: change.slot).isOverdue
        }
        return isNewlyOverdue
    }

    // MARK: Entries

    private mutating func put(_ candidate: Candidate, running: Int32) {
        precondition(0...Int(Int32.max) ~= candidate.count, "no such number of tasks")
        let slot = vacantSlot(for: candidate.id)
        let entry = Entry(
            priority: candidate.priority,
            waiting: Int32(candidate.count),
            running: running,
            throttle: candidate.throttle.map { Int32(clamping: $0) } ?? .max,
            group: 0,
            association: associations.number(of: candidate.association),
            isPreemptible: candidate.isPreemptible
        )
        if Int(slot) == entries.count {
            entries.append(entry)
        } else {
            entries[Int(slot)] = entry
        }
        if waitingCount == 0, entry.waiting > 0, ranking.scheme.origin == nil {
            origin = candidate.submitted
        }
        interruptions[slot] =
            candidate.progress == 0
            ? nil
            : Interruption(
                progress: candidate.progress,
                firstEstimate: candidate.estimate,
                corrections: 0
            )
        let length = EstimateForest.Length(
            estimate: Seconds.kept(candidate.estimate.map { max(1, $0 - candidate.progress) }),
            limit: Seconds.kept(candidate.limit.map { max(1, $0 - candidate.progress) })
        )
        file(
            slot,
            id: candidate.id,
            submitted: candidate.submitted,
            demand: candidate.demand,
            length: length
        )
        waitingCount += entry.waiting > 0 ? 1 : 0
        if entry.mayStart { link(slot) }
        dropIfOver(slot)
    }

    /// The slot of a known candidate, taken out of tree and group, or a new one.
    private mutating func vacantSlot(for id: JobID) -> Slot {
        if let slot = slots[id] {
            if entries[Int(slot)].mayStart { unlink(slot) }
            waitingCount -= entries[Int(slot)].waiting > 0 ? 1 : 0
            table.leave(entries[Int(slot)].group)
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
        guard !entries[Int(slot)].isInUse else { return }
        slots[forest.key(of: slot).id] = nil
        interruptions[slot] = nil
        freeSlots.append(slot)
        table.leave(entries[Int(slot)].group)
    }

    /// Gives an entry that is in no group its group and its place in the order.
    private mutating func file(
        _ slot: Slot,
        id: JobID,
        submitted: Instant,
        demand: Demand,
        length: EstimateForest.Length
    ) {
        let variant = ranking.variant(
            estimate: length.estimate,
            submitted: submitted,
            at: clock
        )
        entries[Int(slot)].group = table.join(demand, variant: variant)
        let facts = Ranking.Facts(
            estimate: length.estimate,
            cores: demand.cores,
            priority: entries[Int(slot)].priority,
            submitted: submitted
        )
        let overdue = ranking.overdue(from: submitted)
        let rank =
            overdue.map { $0 <= clock } ?? false
            ? OrderKey.overdue
            : ranking.fixedRank(facts, origin: origin ?? submitted, variant: variant)
        forest.fill(
            slot,
            key: OrderKey(rank: rank, submitted: submitted, id: id),
            length: length
        )
        for change in dueChanges(of: slot) { note(change) }
    }

    /// When an entry's place in the order is yet to change by itself.
    private func dueChanges(of slot: Slot) -> [OrderChange] {
        let submitted = forest.key(of: slot).submitted
        var result: [OrderChange] = []
        if let due = ranking.overdue(from: submitted), due > clock {
            result.append(OrderChange(due: due, slot: slot))
        }
        if let due = ranking.mature(from: submitted), due > clock {
            result.append(OrderChange(due: due, slot: slot))
        }
        return result
    }

    private mutating func refile(_ slot: Slot) {
        let key = forest.key(of: slot)
        let demand = demand(of: slot)
        let length = forest.length(of: slot)
        if entries[Int(slot)].mayStart { unlink(slot) }
        table.leave(entries[Int(slot)].group)
        file(slot, id: key.id, submitted: key.submitted, demand: demand, length: length)
        if entries[Int(slot)].mayStart { link(slot) }
    }

    /// Notes when an entry is to be looked at again.
    ///
    /// Notes of entries that have gone meanwhile do no harm, and are thrown out when they are many.
    private mutating func note(_ change: OrderChange) {
        changes.insert(change)
        guard changes.count > 4 * entries.count + 64 else { return }
        var left: [OrderChange] = []
        for slot in entries.indices where entries[slot].isInUse {
            left += dueChanges(of: Slot(slot))
        }
        changes = Heap(left)
    }

    private mutating func link(_ slot: Slot) {
        let group = entries[Int(slot)].group
        if table.shape(of: group).isPossible { startableCount += 1 }
        table.link(slot, in: group, of: &forest)
    }

    private mutating func unlink(_ slot: Slot) {
        let group = entries[Int(slot)].group
        if table.shape(of: group).isPossible { startableCount -= 1 }
        table.unlink(slot, in: group, of: &forest)
    }
}
