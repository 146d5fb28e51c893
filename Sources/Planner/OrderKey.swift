import JobModel

/// A candidate's place in the order: the smallest goes first.
///
/// The rank is what a policy says; submission and id settle every tie, so that no two are equal.
struct OrderKey: Hashable, Comparable {
    /// The rank of a candidate that has waited as long as any may: in front of every other.
    static let overdue = Int64.min

    var rank: Int64
    var submitted: Instant
    var id: JobID

    /// Whether the candidate has waited as long as any may.
    var isOverdue: Bool { rank == Self.overdue }

    static func < (left: OrderKey, right: OrderKey) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        if left.submitted != right.submitted { return left.submitted < right.submitted }
        return left.id < right.id
    }
}
