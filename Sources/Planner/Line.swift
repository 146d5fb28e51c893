import JobModel

/// The candidates that may start, first in order first, as a walk over the groups' heads.
///
/// O(K) to make for K groups; each step costs O(log K + log Q).
struct Line {
    private var places: Heap<Contender>
    private let now: Instant

    init(_ index: PendingIndex, at now: Instant) {
        self.now = now
        places = Heap(index.table.active.compactMap { index.firstPlace(of: $0, at: now) })
    }

    var first: Contender? { places.first }

    /// The first of the first one's group has changed, as after a start.
    mutating func reread(_ index: PendingIndex) {
        guard let group = places.first?.group else { return }
        if let place = index.firstPlace(of: group, at: now) {
            places.replaceFirst(by: place)
        } else {
            places.removeFirst()
        }
    }

    /// Passes over the first, which stays where it is in the index.
    mutating func pass(_ index: PendingIndex) {
        guard let first = places.first else { return }
        if let place = index.place(behind: first, at: now) {
            places.replaceFirst(by: place)
        } else {
            places.removeFirst()
        }
    }
}
