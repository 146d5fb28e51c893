/// The name that somebody may have meant who mistyped it.
enum NearMiss {
    /// The nearest of these names; nil where none is near.
    static func of(_ word: String, among names: [String]) -> String? {
        let limit = word.utf8.count <= 4 ? 1 : 2
        let nearest = names.lazy
            .map { (name: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= limit else { return nil }
        return nearest.name
    }

    /// How many letters must be put in, taken out, replaced or swapped with their neighbour
    /// (optimal string alignment; Damerau, 1964).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var cost = Swift.min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    cost = Swift.min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
