import JobModel
import SeededRandom
import Testing

@Suite struct ArrayIndexSetTests {
    private typealias Range = ArrayIndexSet.Range

    private func randomRange(under limit: Int, using generator: inout SeededGenerator) -> Range {
        let first = Int.random(in: 0..<limit, using: &generator)
        return Range(
            first: first,
            last: Int.random(in: first..<limit, using: &generator),
            step: Int.random(in: 1...12, using: &generator)
        )
    }

    private func randomSet(using generator: inout SeededGenerator) -> (ArrayIndexSet, Set<Int>) {
        let limit = [12, 60, 300].randomElement(using: &generator) ?? 12
        let ranges = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
            randomRange(under: limit, using: &generator)
        }
        let indices = ranges.flatMap {
            Array(stride(from: $0.first, through: $0.last, by: $0.step))
        }
        return (ArrayIndexSet(ranges), Set(indices))
    }

    @Test(arguments: 0..<12)
    func `a set of ranges has what its ranges have, each index once and in order`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let (set, indices) = randomSet(using: &generator)
            #expect(Array(set) == indices.sorted())
            #expect(set.count == indices.count)
            #expect(set.min == indices.min())
            #expect(set.max == indices.max())
            #expect(set.ranges == set.ranges.sorted { $0.first < $1.first })
            #expect(set.ranges.reduce(0) { $0 + $1.count } == indices.count)
            #expect((0..<300).allSatisfy { set.contains($0) == indices.contains($0) })
        }
    }

    @Test(arguments: 0..<12)
    func `sets are joined, cut and taken from each other as plain sets are`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let (left, plainLeft) = randomSet(using: &generator)
            let (right, plainRight) = randomSet(using: &generator)
            #expect(Array(left.union(right)) == plainLeft.union(plainRight).sorted())
            #expect(Array(left.intersection(right)) == plainLeft.intersection(plainRight).sorted())
            #expect(Array(left.subtracting(right)) == plainLeft.subtracting(plainRight).sorted())
            #expect((left == right) == (plainLeft == plainRight))
            #expect(left.union(right) == right.union(left))
            #expect(left.union(right).hashValue == right.union(left).hashValue)
        }
    }

    @Test func `taking the first index away gives all of them in order`() {
        var set = ArrayIndexSet([
            Range(first: 0, last: 30, step: 3), Range(first: 1, last: 40, step: 5),
        ])
        let expected = Array(set)
        var taken: [Int] = []
        while let index = set.removeFirst() { taken.append(index) }
        #expect(taken == expected)
        #expect(set.isEmpty)
        #expect(set.removeFirst() == nil)
    }

    @Test func `a million indices are one range`() {
        let set = ArrayIndexSet([Range(first: 1, last: 1_000_000)])
        #expect(set.ranges.count == 1)
        #expect(set.count == 1_000_000)
        #expect(set.subtracting(ArrayIndexSet(500_000)).ranges.count == 2)
    }

    @Test func `interlocking ranges with steps stay few ranges`() {
        let set = ArrayIndexSet([
            Range(first: 0, last: 4_000_000, step: 2), Range(first: 1, last: 4_000_000, step: 3),
        ])
        #expect(set.ranges.count == 2)
        #expect(set.count == 2_000_001 + 666_667)
    }

    @Test func `many interlocking ranges are merged`() {
        let set = ArrayIndexSet((2..<400).map { Range(first: $0, last: 200_000 - $0, step: $0) })
        #expect(!set.contains(1))
        #expect((2..<400).allSatisfy { set.contains($0 * 2) })
        #expect(!set.contains(401 * 409))
        #expect(set.contains(397 * 400))
        #expect(set.subtracting(set).isEmpty)
        #expect(set.intersection(set) == set)
    }
}
