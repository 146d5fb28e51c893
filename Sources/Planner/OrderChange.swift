/// An instant at which an entry's place in the order changes by itself.
struct OrderChange: Hashable, Comparable {
    var due: Instant
    var slot: EstimateForest.Slot

    static func < (left: OrderChange, right: OrderChange) -> Bool {
        (left.due, left.slot) < (right.due, right.slot)
    }
}
