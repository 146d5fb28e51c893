import JobModel
import SeededRandom
import Testing

@testable import Planner

struct EstimateForestTests {
    @Test(arguments: UInt64(1)...20)
    func `a tree answers as a sorted list does`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var forest = EstimateForest()
        var root = EstimateForest.none
        var filled: EstimateForest.Slot = 0
        var list: [(key: OrderKey, length: EstimateForest.Length, slot: EstimateForest.Slot)] = []
        for number in 0..<400 {
            if random.chance(35), !list.isEmpty {
                let place = Int.random(in: list.indices, using: &random)
                root = forest.remove(list.remove(at: place).slot, from: root)
            } else {
                let key = OrderKey(
                    rank: Int64.random(in: 0...3, using: &random),
                    submitted: Instant(milliseconds: .random(in: 0...9, using: &random)),
                    id: JobID(rawValue: Int64(number))
                )
                let estimate = random.chance(10) ? .max : Int32.random(in: 1...50, using: &random)
                let limit = random.chance(10) ? .max : Int32.random(in: 1...50, using: &random)
                let length = EstimateForest.Length(estimate: estimate, limit: limit)
                let slot = filled
                filled += 1
                forest.fill(slot, key: key, length: length)
                root = forest.insert(slot, into: root)
                list.append((key, length, slot))
                list.sort { $0.key < $1.key }
            }
            #expect(forest.first(in: root) == list.first?.slot ?? -1)
            let bound = Int32.random(in: 0...50, using: &random)
            let key = OrderKey(
                rank: Int64.random(in: 0...3, using: &random),
                submitted: Instant(milliseconds: .random(in: 0...9, using: &random)),
                id: JobID(rawValue: Int64.random(in: 0...400, using: &random))
            )
            let behind = list.filter { key < $0.key }
            #expect(forest.first(in: root, behind: key) == behind.first?.slot ?? -1)
            #expect(
                forest.first(in: root, atMost: bound, by: .estimate)
                    == list.first { $0.length.estimate <= bound }?.slot ?? -1
            )
            #expect(
                forest.first(in: root, atMost: bound, by: .limit)
                    == list.first { $0.length.limit <= bound }?.slot ?? -1
            )
            #expect(
                forest.first(in: root, behind: key, atMost: bound, by: .estimate)
                    == behind.first { $0.length.estimate <= bound }?.slot ?? -1
            )
            #expect(
                forest.first(in: root, behind: key, atMost: bound, by: .limit)
                    == behind.first { $0.length.limit <= bound }?.slot ?? -1
            )
        }
    }
}
