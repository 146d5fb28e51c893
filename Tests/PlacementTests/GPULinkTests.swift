import JobModel
import Placement
import SeededRandom
import Testing

/// The choice of GPUs by their links.
@Suite struct GPULinkTests {
    private func gpu(
        _ index: Int,
        node: Int? = nil,
        path: [String] = [],
        nvlinks: [Int] = []
    ) -> GPU {
        GPU(
            index: index,
            uuid: "GPU-\(index)",
            vendor: .nvidia,
            type: "a100",
            node: node,
            path: path,
            nvlinks: nvlinks
        )
    }

    private func choose(_ count: Int, from free: [GPU]) -> [Int]? {
        GPUChoice.choose(GPURequest(count: count), from: free)?.map(\.index)
    }

    @Test func `a link is the closest way between two GPUs`() {
        let first = gpu(0, node: 0, path: ["pci0", "a"], nvlinks: [1, 1])
        #expect(GPULink(between: first, and: gpu(1, node: 1)) == .nvlink(2))
        #expect(GPULink(between: gpu(1, node: 1), and: first) == .nvlink(2))
        #expect(GPULink(between: first, and: gpu(2, node: 1, path: ["pci0", "a"])) == .pciSwitch)
        #expect(GPULink(between: first, and: gpu(2, node: 1, path: ["pci0", "b"])) == .hostBridge)
        #expect(GPULink(between: first, and: gpu(2, node: 0, path: ["pci1", "a"])) == .node)
        #expect(GPULink(between: first, and: gpu(2, node: 1, path: ["pci1", "a"])) == .machine)
    }

    @Test func `each kind of link counts more than the next`() {
        let links: [GPULink] = [.nvlink(2), .nvlink(1), .pciSwitch, .hostBridge, .node, .machine]
        let weights = links.map(\.weight)
        #expect(weights == weights.sorted(by: >))
        #expect(Set(weights).count == links.count)
    }

    @Test func `two GPUs are those that NVLink joins`() {
        let free = [gpu(0), gpu(1, nvlinks: [3]), gpu(2), gpu(3, nvlinks: [1])]
        #expect(choose(2, from: free) == [1, 3])
    }

    @Test func `a single GPU is one that leaves linked pairs whole`() {
        let free = [gpu(0, nvlinks: [1]), gpu(1, nvlinks: [0]), gpu(2), gpu(3, nvlinks: [0])]
        #expect(choose(1, from: free) == [2])
    }

    @Test func `of equally linked groups the one is taken that leaves the best linked rest`() {
        // A ring 0-1-2-3 where 0 and 3 are not joined: 0,1 leave 2,3; 1,2 would leave 0,3 apart.
        let free = [
            gpu(0, nvlinks: [1]), gpu(1, nvlinks: [0, 2]), gpu(2, nvlinks: [1, 3]),
            gpu(3, nvlinks: [2]),
        ]
        #expect(choose(2, from: free) == [0, 1])
        #expect(choose(2, from: Array(free.dropFirst())) == [1, 2])
    }

    @Test func `a switch is preferred to a host bridge, and that to a node`() {
        let free = [
            gpu(0, node: 0, path: ["pci0", "a"]), gpu(1, node: 0, path: ["pci1", "b"]),
            gpu(2, node: 0, path: ["pci1", "c"]), gpu(3, node: 1, path: ["pci2", "d"]),
            gpu(4, node: 1, path: ["pci2", "d"]),
        ]
        #expect(choose(2, from: free) == [3, 4])
        #expect(choose(2, from: Array(free.dropLast())) == [1, 2])
        #expect(choose(2, from: Array(free.prefix(2))) == [0, 1])
    }

    @Test func `no group is better than the one chosen`() {
        for seed in UInt64(1)...300 {
            var generator = SeededGenerator(seed: seed)
            let count = Int.random(in: 1...8, using: &generator)
            let gpus = (0..<count).map { index in
                gpu(
                    index,
                    node: .random(in: 0...1, using: &generator),
                    path: (0...1).map { _ in "\(Int.random(in: 0...2, using: &generator))" },
                    nvlinks: (0..<count).filter { $0 != index }.filter { _ in
                        Int.random(in: 0..<4, using: &generator) == 0
                    }
                )
            }
            let wanted = Int.random(in: 1...count, using: &generator)
            let chosen = choose(wanted, from: gpus) ?? []
            #expect(chosen.count == wanted, "seed \(seed)")
            let best = rank(chosen, of: gpus)
            for mask in 0..<(1 << count) where mask.nonzeroBitCount == wanted {
                let group = (0..<count).filter { mask >> $0 & 1 == 1 }
                let other = rank(group, of: gpus)
                #expect(!best.lexicographicallyPrecedes(other), "seed \(seed): \(group)")
                if best == other {
                    #expect(!group.lexicographicallyPrecedes(chosen), "seed \(seed)")
                }
            }
        }
    }

    @Test func `of more GPUs than can be enumerated the linked ones are taken`() {
        let gpus = (0..<32).map { gpu($0, node: $0 % 4, path: ["pci\($0 % 4)", "a"]) }
        #expect(choose(8, from: gpus) == [0, 4, 8, 12, 16, 20, 24, 28])
    }

    /// The links within a group, then those within the rest: the higher the better.
    private func rank(_ group: [Int], of gpus: [GPU]) -> [Int] {
        let rest = gpus.map(\.index).filter { !group.contains($0) }
        return [group, rest].map { numbers in
            var sum = 0
            for first in numbers {
                for second in numbers where first < second {
                    sum += GPULink(between: gpus[first], and: gpus[second]).weight
                }
            }
            return sum
        }
    }
}
