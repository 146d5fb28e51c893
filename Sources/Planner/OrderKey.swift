import JobModel

/// A candidate's place in the order: the smallest goes first.
///
/// The rank is what a policy says; submission and id settle every tie, so that no two are equal.
struct OrderKey: Hashable, Comparable {
    var rank: Int64
    var submitted: Instant
    var id: JobID

    static func < (left: OrderKey, right: OrderKey) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        if left.submitted != right.submitted { return left.submitted < right.submitted }
        return left.id < right.id
    }
}

extension OrderKey {
    /// By priority, then by age.
    init(_ candidate: Candidate) {
        // The complement turns the order round and, unlike the negative, exists for every value.
        self.init(rank: ~candidate.priority, submitted: candidate.submitted, id: candidate.id)
    }
}
