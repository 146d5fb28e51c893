extension ArrayIndexSet {
    /// Above so many ranges, sets whose ranges interlock are merged by way of a bitmap.
    private static let mostPieces = 1_024

    /// Above so many pairs of ranges, sets are compared by way of a bitmap.
    private static let mostComparisons = 1_000_000

    /// The indices of all these ranges, which may overlap; no index is over ``largestIndex``.
    public init(_ ranges: some Sequence<Range>) {
        let sorted = ranges.sorted { ($0.first, $0.last, $0.step) < ($1.first, $1.last, $1.step) }
        var disjoint: [Range] = []
        var cluster: [Range] = []
        var clusterEnd = -1
        for range in sorted {
            precondition(range.last <= Self.largestIndex, "an array index is too large")
            if range.first > clusterEnd {
                disjoint += Self.merged(cluster)
                cluster.removeAll(keepingCapacity: true)
            }
            if cluster.last != range { cluster.append(range) }
            clusterEnd = Swift.max(clusterEnd, range.last)
        }
        disjoint += Self.merged(cluster)
        self.ranges = Self.joined(disjoint)
    }

    /// A single index.
    public init(_ index: Int) {
        self.init(CollectionOfOne(Range(first: index, last: index)))
    }

    /// How many indices there are.
    public var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Whether there is none.
    public var isEmpty: Bool { ranges.isEmpty }

    /// The lowest index; nil where the set is empty.
    public var min: Int? { ranges.first?.first }

    /// The highest index; nil where the set is empty.
    public var max: Int? { ranges.lazy.map(\.last).max() }

    /// The distance between neighbours, where it is the same between all; 1 for a single index.
    public var step: Int? { ranges.count == 1 ? ranges[0].step : nil }

    /// Whether an index is in it.
    public func contains(_ index: Int) -> Bool {
        ranges.contains { $0.contains(index) }
    }

    /// What is in either.
    public func union(_ other: Self) -> Self {
        Self(ranges + other.ranges)
    }

    /// What is in both.
    public func intersection(_ other: Self) -> Self {
        guard ranges.count * other.ranges.count <= Self.mostComparisons else {
            return subtracting(subtracting(other))
        }
        var common: [Range] = []
        for range in ranges {
            for otherRange in other.ranges {
                if otherRange.first > range.last { break }
                if let piece = range.intersection(otherRange) { common.append(piece) }
            }
        }
        return Self(common)
    }

    /// What is here and not there.
    public func subtracting(_ other: Self) -> Self {
        guard ranges.count * other.ranges.count <= Self.mostComparisons else {
            return subtractingByBitmap(other)
        }
        var left: [Range] = []
        for range in ranges {
            var pieces = [range]
            for otherRange in other.ranges {
                if otherRange.first > range.last { break }
                if otherRange.last < range.first { continue }
                pieces = pieces.flatMap { $0.subtracting(otherRange) }
            }
            left += pieces
            guard left.count <= ranges.count + other.ranges.count + Self.mostPieces else {
                return subtractingByBitmap(other)
            }
        }
        return Self(left)
    }

    private func subtractingByBitmap(_ other: Self) -> Self {
        guard let min, let max else { return self }
        var bitmap = ArrayIndexBitmap(bounds: min...max)
        for range in ranges { bitmap.set(range, to: true) }
        for range in other.ranges { bitmap.set(range, to: false) }
        return Self(bitmap.runs)
    }

    /// Takes out the lowest index; nil where the set is empty.
    public mutating func removeFirst() -> Int? {
        guard let first = ranges.first else { return nil }
        guard first.count > 1 else {
            ranges.removeFirst()
            return first.first
        }
        Self.advance(&ranges, at: 0)
        return first.first
    }

    /// Moves a range past its first index and keeps the order of those behind it.
    fileprivate static func advance(_ ranges: inout [Range], at position: Int) {
        let range = ranges[position]
        let rest = Range(first: range.first + range.step, last: range.last, step: range.step)
        var position = position
        while position + 1 < ranges.count, ranges[position + 1].first < rest.first {
            ranges[position] = ranges[position + 1]
            position += 1
        }
        ranges[position] = rest
    }

    /// Ranges, sorted and interlocking, as ranges that have no index in common.
    private static func merged(_ cluster: [Range]) -> [Range] {
        guard cluster.count > 1 else { return cluster }
        let low = cluster[0].first
        let high = cluster.lazy.map(\.last).max() ?? low
        if cluster.contains(Range(first: low, last: high)) {
            return [Range(first: low, last: high)]
        }
        var merged: [Range] = []
        // The finer range first: what it covers of the others is then simply gone.
        for range in cluster.sorted(by: { $0.step < $1.step }) {
            var pieces = [range]
            for other in merged {
                pieces = pieces.flatMap { $0.subtracting(other) }
            }
            merged += pieces
            guard merged.count <= 64 || merged.count <= mostPieces && cluster.count <= 4 else {
                var bitmap = ArrayIndexBitmap(bounds: low...high)
                for range in cluster { bitmap.set(range, to: true) }
                return bitmap.runs
            }
        }
        return merged
    }

    /// Disjoint ranges in order, neighbours that continue each other made one.
    private static func joined(_ ranges: [Range]) -> [Range] {
        var joined: [Range] = []
        joined.reserveCapacity(ranges.count)
        let sorted = ranges.sorted { $0.first < $1.first }
        for range in sorted { append(range, to: &joined, stepping: false) }
        var stepped: [Range] = []
        stepped.reserveCapacity(joined.count)
        for range in joined { append(range, to: &stepped, stepping: true) }
        return stepped
    }

    /// Adds a range behind the others, as a part of the last where it continues that.
    private static func append(_ range: Range, to ranges: inout [Range], stepping: Bool) {
        guard let last = ranges.last else {
            ranges.append(range)
            return
        }
        let gap = range.first - last.last
        let continues =
            stepping
            ? gap > 1 && (last.count == 1 || last.step == gap)
                && (range.count == 1 || range.step == gap)
            : gap == 1 && last.step == 1 && range.step == 1
        if continues {
            ranges[ranges.count - 1] = Range(first: last.first, last: range.last, step: gap)
        } else {
            ranges.append(range)
        }
    }

    // The same indices may stand in other ranges, where those interlock.
    /// Whether both have the same indices.
    public static func == (left: Self, right: Self) -> Bool {
        left.ranges == right.ranges
            || left.count == right.count && left.subtracting(right).isEmpty
    }

    /// Feeds in what does not depend on how the indices are cut into ranges.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(min)
        hasher.combine(max)
    }
}

extension ArrayIndexSet: Sequence {
    /// The indices in ascending order.
    public struct Iterator: IteratorProtocol {
        private var ranges: [Range]
        private var position = 0

        fileprivate init(_ ranges: [Range]) {
            self.ranges = ranges
        }

        /// The next index, nil behind the last.
        public mutating func next() -> Int? {
            guard position < ranges.count else { return nil }
            let range = ranges[position]
            if range.count == 1 {
                position += 1
            } else {
                ArrayIndexSet.advance(&ranges, at: position)
            }
            return range.first
        }
    }

    /// The indices in ascending order.
    public func makeIterator() -> Iterator { Iterator(ranges) }
}
