import JobModel
import Placement
import SeededRandom
import Testing

@Suite struct GPUChoiceTests {
    private func gpu(_ index: Int, _ type: String, node: Int? = nil) -> GPU {
        GPU(index: index, uuid: "GPU-\(index)", vendor: .nvidia, type: type, node: node)
    }

    private func choose(_ count: Int, _ type: String? = nil, from free: [GPU]) -> [Int]? {
        GPUChoice.choose(GPURequest(count: count, type: type), from: free)?.map(\.index)
    }

    @Test func `the lowest numbers are taken`() {
        let free = (0..<4).reversed().map { gpu($0, "a100") }
        #expect(choose(2, from: free) == [0, 1])
    }

    @Test func `a type is matched in lower case and as a whole`() {
        let free = [gpu(0, "a100"), gpu(1, "h100")]
        #expect(choose(1, "H100", from: free) == [1])
        #expect(choose(1, "100", from: free) == nil)
    }

    @Test func `too few of a type are nil`() {
        #expect(choose(2, "h100", from: [gpu(0, "a100"), gpu(1, "h100")]) == nil)
    }

    @Test func `GPUs on one node are preferred`() {
        let free = [
            gpu(0, "a100", node: 0), gpu(1, "a100", node: 1), gpu(2, "a100", node: 1),
        ]
        #expect(choose(2, from: free) == [1, 2])
        #expect(choose(1, from: free) == [0])
        #expect(choose(3, from: free) == [0, 1, 2])
    }

    @Test func `a request without a type leaves the larger group whole`() {
        let free = [gpu(0, "a100"), gpu(1, "a100"), gpu(2, "a100"), gpu(3, "t4")]
        #expect(choose(1, from: free) == [3])
        #expect(choose(2, from: free) == [0, 1])
    }

    @Test func `types are mixed where no type has enough`() {
        let free = [gpu(0, "a100"), gpu(1, "a100"), gpu(2, "t4")]
        #expect(choose(3, from: free) == [0, 1, 2])
    }

    @Test func `there is a choice exactly where enough match`() {
        for seed in UInt64(1)...500 {
            var generator = SeededGenerator(seed: seed)
            let free = (0..<Int.random(in: 0...8, using: &generator)).map { index in
                gpu(
                    index,
                    Bool.random(using: &generator) ? "a100" : "t4",
                    node: [nil, 0, 1].randomElement(using: &generator) ?? nil
                )
            }
            let type = [nil, "a100", "t4"].randomElement(using: &generator) ?? nil
            let count = Int.random(in: 1...4, using: &generator)
            let matching = free.filter { type == nil || $0.type == type }
            let chosen = GPUChoice.choose(GPURequest(count: count, type: type), from: free)
            #expect((chosen != nil) == (count <= matching.count), "seed \(seed)")
            #expect(chosen.map { $0.count == count } ?? true, "seed \(seed)")
            #expect(Set(chosen ?? []).isSubset(of: matching), "seed \(seed)")
            guard let chosen, let type else { continue }
            let nodes = Dictionary(grouping: matching, by: \.node).values
            let fits = nodes.contains { $0.count >= count }
            #expect(!fits || Set(chosen.map(\.node)).count == 1, "seed \(seed), \(type)")
        }
    }
}
