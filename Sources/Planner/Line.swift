import JobModel

/// The candidates that may start, first in order first, as a walk over the groups' heads.
///
/// O(K) to make for K groups, and O(K) for the first step; each one after it costs
/// O(log K + log Q).
struct Line {
    /// The heads of the groups, in no order.
    private var heads: [Contender] = []
    /// Where the first of them stands.
    private var place = 0
    /// The heads by order, once somebody takes a second step; most often nobody does, and to look
    /// through them twice is quicker than to put them in order.
    private var heap: Heap<Contender>?
    private var hasStepped = false
    private let now: Instant

    init(_ index: PendingIndex, at now: Instant) {
        self.now = now
        index.forEachHead(at: now) { heads.append($0) }
        findFirst()
    }

    var first: Contender? {
        if let heap { return heap.first }
        return heads.isEmpty ? nil : heads[place]
    }

    /// The first of the first one's group has changed, as after a start.
    mutating func reread(_ index: PendingIndex) {
        guard let first else { return }
        replaceFirst(by: index.firstPlace(of: first.group, at: now))
    }

    /// Passes over the first, which stays where it is in the index.
    mutating func pass(_ index: PendingIndex) {
        guard let first else { return }
        replaceFirst(by: index.place(behind: first, at: now))
    }

    private mutating func replaceFirst(by next: Contender?) {
        if hasStepped, heap == nil {
            heap = Heap(heads)
            heads = []
        }
        if heap != nil {
            if let next { heap?.replaceFirst(by: next) } else { heap?.removeFirst() }
            return
        }
        hasStepped = true
        if let next {
            heads[place] = next
        } else {
            heads[place] = heads[heads.count - 1]
            heads.removeLast()
        }
        findFirst()
    }

    private mutating func findFirst() {
        place = 0
        for other in heads.indices where heads[other] < heads[place] { place = other }
    }
}
