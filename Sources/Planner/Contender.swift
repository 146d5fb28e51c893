import JobModel

/// A candidate that is next in its group, as it competes with those of other groups.
struct Contender: Comparable {
    /// With the rank that counts among groups at this instant.
    var key: OrderKey
    var slot: EstimateForest.Slot
    var group: Int32

    static func < (left: Contender, right: Contender) -> Bool { left.key < right.key }
}
