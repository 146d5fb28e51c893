/// The search for the best linked of the groups of one size.
///
/// The best has the highest sum of link weights; of those, it leaves the rest with the highest sum;
/// of those, it has the lowest numbers.
struct LinkedGroup {
    /// More groups than these are not looked at one by one: 8 of 16 GPUs make 12,870.
    private static let mostGroups = 20_000

    private let weights: [[Int]]
    /// The sum of each one's links to all others.
    private let degrees: [Int]

    /// Prepares the search among GPUs, ordered by index.
    init(among gpus: [GPU]) {
        let weights = gpus.map { first in
            gpus.map { first.index == $0.index ? 0 : GPULink(between: first, and: $0).weight }
        }
        self.weights = weights
        degrees = weights.map { $0.reduce(0, +) }
    }

    /// The places of the best group of `count`, which is 1 or more and not above their number.
    func best(_ count: Int) -> [Int] {
        let total = weights.count
        guard count < total else { return Array(0..<total) }
        return Self.groups(of: count, among: total) <= Self.mostGroups
            ? enumerated(count) : grown(count)
    }

    /// How a group compares; the highest is the best.
    private struct Score: Comparable {
        /// The links within the group.
        var inside: Int
        /// The links among the rest, less those among all, which are the same for every group.
        var rest: Int

        static func < (left: Score, right: Score) -> Bool {
            (left.inside, left.rest) < (right.inside, right.rest)
        }
    }

    private func score(of group: [Int]) -> Score {
        var inside = 0
        var lost = 0
        for (place, first) in group.enumerated() {
            lost += degrees[first]
            for second in group[..<place] { inside += weights[first][second] }
        }
        return Score(inside: inside, rest: inside - lost)
    }

    /// Looks at every group, those of the lowest numbers first.
    private func enumerated(_ count: Int) -> [Int] {
        var group = Array(0..<count)
        var best = (group: group, score: score(of: group))
        while let place = group.indices.last(where: { group[$0] < weights.count - count + $0 }) {
            group[place] += 1
            for later in (place + 1)..<max(count, place + 1) {
                group[later] = group[later - 1] + 1
            }
            let score = score(of: group)
            if best.score < score { best = (group, score) }
        }
        return best.group
    }

    /// Grows a group from each GPU by the one that is linked to it best, and takes the best.
    private func grown(_ count: Int) -> [Int] {
        var best: (group: [Int], score: Score)?
        for seed in weights.indices {
            var group = [seed]
            while group.count < count {
                let outside = weights.indices.filter { !group.contains($0) }
                let gains = outside.map { other in
                    group.reduce(0) { $0 + weights[other][$1] }
                }
                guard let most = gains.max(), let place = gains.firstIndex(of: most) else { break }
                group.append(outside[place])
            }
            group.sort()
            let score = score(of: group)
            if best.map({ $0.score < score }) ?? true { best = (group, score) }
        }
        return best?.group ?? []
    }

    /// How many groups of this size there are, counted no further than needed.
    private static func groups(of count: Int, among total: Int) -> Int {
        var groups = 1
        for step in 1...min(count, total - count) {
            groups = groups * (total - step + 1) / step
            if groups > mostGroups { return groups }
        }
        return groups
    }
}
