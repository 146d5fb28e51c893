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

/// The order in which candidates are looked at: by priority, then by age.
///
/// The only place where a candidate becomes a key, computed once when it comes or changes.
enum Policy {
    static func key(of candidate: Candidate) -> OrderKey {
        // The complement turns the order round and, unlike the negative, exists for every value.
        OrderKey(rank: ~candidate.priority, submitted: candidate.submitted, id: candidate.id)
    }
}
