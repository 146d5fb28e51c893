import JobModel

/// The groups of candidates, each a tree in a common forest, and the demands that they have.
///
/// A group has one demand, and one variant of it within which the order stands still.
struct GroupTable {
    typealias Slot = EstimateForest.Slot

    /// What all candidates with one demand share.
    struct Shape {
        var demand: Demand
        var needs: Needs
        /// Whether the machine could ever run it as things are; false keeps it out of the order.
        var isPossible: Bool
        /// Its groups of which a candidate may start now.
        fileprivate(set) var active: [Int32] = []
        fileprivate var groupCount = 0
        /// The place among the active shapes; negative for none.
        fileprivate var activePlace: Int32 = -1
    }

    struct Group {
        fileprivate(set) var shape: Int32
        fileprivate(set) var variant: Int32
        fileprivate(set) var root = EstimateForest.none
        /// The first in order; ``EstimateForest/none`` where none may start now.
        fileprivate(set) var first = EstimateForest.none
        fileprivate var entryCount: Int32 = 0
        /// The place among its shape's active groups; negative for none.
        fileprivate var activePlace: Int32 = -1
    }

    private struct Name: Hashable {
        var shape: Int32
        var variant: Int32
    }

    /// By number; those that no candidate has are kept for the next demand.
    private(set) var shapes: [Shape] = []
    private var shapeNumbers: [Demand: Int32] = [:]
    private var freeShapes: [Int32] = []
    private var groups: [Group] = []
    private var numbers: [Name: Int32] = [:]
    private var freeGroups: [Int32] = []
    /// The shapes of which a candidate may start now.
    private(set) var activeShapes: [Int32] = []

    private let capacity: Capacity
    private var ceiling: Amounts

    init(capacity: Capacity) {
        self.capacity = capacity
        ceiling = capacity.amounts
    }

    subscript(number: Int32) -> Group { groups[Int(number)] }

    func shape(of group: Int32) -> Shape { shapes[Int(groups[Int(group)].shape)] }

    // MARK: Membership

    /// One more candidate with this demand and variant; its group is returned.
    mutating func join(_ demand: Demand, variant: Int32) -> Int32 {
        let number = self.number(of: demand, variant: variant)
        groups[Int(number)].entryCount += 1
        return number
    }

    /// One candidate less of a group, in no tree any more.
    mutating func leave(_ group: Int32) {
        groups[Int(group)].entryCount -= 1
        guard groups[Int(group)].entryCount == 0 else { return }
        let shape = groups[Int(group)].shape
        numbers[Name(shape: shape, variant: groups[Int(group)].variant)] = nil
        freeGroups.append(group)
        shapes[Int(shape)].groupCount -= 1
        guard shapes[Int(shape)].groupCount == 0 else { return }
        shapeNumbers[shapes[Int(shape)].demand] = nil
        freeShapes.append(shape)
    }

    private mutating func number(of demand: Demand, variant: Int32) -> Int32 {
        let shape = shapeNumber(of: demand)
        let name = Name(shape: shape, variant: variant)
        if let known = numbers[name] { return known }
        let group = Group(shape: shape, variant: variant)
        let number = freeGroups.popLast() ?? Int32(groups.count)
        if Int(number) == groups.count {
            groups.append(group)
        } else {
            groups[Int(number)] = group
        }
        numbers[name] = number
        shapes[Int(shape)].groupCount += 1
        return number
    }

    private mutating func shapeNumber(of demand: Demand) -> Int32 {
        if let known = shapeNumbers[demand] { return known }
        let needs = capacity.needs(of: demand)
        let shape = Shape(demand: demand, needs: needs, isPossible: ceiling.holds(needs))
        let number = freeShapes.popLast() ?? Int32(shapes.count)
        if Int(number) == shapes.count {
            shapes.append(shape)
        } else {
            shapes[Int(number)] = shape
        }
        shapeNumbers[demand] = number
        return number
    }

    // MARK: Trees

    /// A candidate of a group may start from now on.
    mutating func link(_ slot: Slot, in group: Int32, of forest: inout EstimateForest) {
        let number = Int(group)
        groups[number].root = forest.insert(slot, into: groups[number].root)
        let first = groups[number].first
        if first != EstimateForest.none, forest.key(of: first) < forest.key(of: slot) { return }
        groups[number].first = slot
        refreshActivity(group)
    }

    /// A candidate of a group may not start any more.
    mutating func unlink(_ slot: Slot, in group: Int32, of forest: inout EstimateForest) {
        let number = Int(group)
        groups[number].root = forest.remove(slot, from: groups[number].root)
        guard groups[number].first == slot else { return }
        groups[number].first = forest.first(in: groups[number].root)
        refreshActivity(group)
    }

    /// Says what the machine could give out at best as things are.
    mutating func setCeiling(_ amounts: Amounts) {
        ceiling = amounts
        for number in shapes.indices {
            shapes[number].isPossible = ceiling.holds(shapes[number].needs)
        }
        for number in groups.indices { refreshActivity(Int32(number)) }
    }

    /// Puts a group among its shape's active ones, or takes it out; likewise the shape.
    private mutating func refreshActivity(_ group: Int32) {
        let record = groups[Int(group)]
        let shape = Int(record.shape)
        let isActive = record.first != EstimateForest.none && shapes[shape].isPossible
        if isActive, record.activePlace < 0 {
            groups[Int(group)].activePlace = Int32(shapes[shape].active.count)
            shapes[shape].active.append(group)
        } else if !isActive, record.activePlace >= 0 {
            let last = shapes[shape].active.removeLast()
            groups[Int(group)].activePlace = -1
            if last != group {
                shapes[shape].active[Int(record.activePlace)] = last
                groups[Int(last)].activePlace = record.activePlace
            }
        } else {
            return
        }
        refreshActivity(ofShape: record.shape)
    }

    private mutating func refreshActivity(ofShape shape: Int32) {
        let place = shapes[Int(shape)].activePlace
        let isActive = !shapes[Int(shape)].active.isEmpty
        if isActive, place < 0 {
            shapes[Int(shape)].activePlace = Int32(activeShapes.count)
            activeShapes.append(shape)
        } else if !isActive, place >= 0 {
            let last = activeShapes.removeLast()
            shapes[Int(shape)].activePlace = -1
            guard last != shape else { return }
            activeShapes[Int(place)] = last
            shapes[Int(last)].activePlace = place
        }
    }
}
