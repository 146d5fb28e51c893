import JobModel
import Placement
import SeededRandom
import Testing

@Suite struct MemoryChoiceTests {
    /// Two nodes with 100 and 60 bytes and two CPUs each, and one with 50 bytes and no CPU.
    private let topology: Topology = {
        var topology = Shape(nodesPerPackage: 2, coresPerL3: 2, threads: 1).topology
        topology.nodes[0].memory = MemorySize(bytes: 100)
        topology.nodes[1].memory = MemorySize(bytes: 60)
        topology.nodes.append(
            Topology.MemoryNode(number: 7, cpus: CPUSet(), memory: MemorySize(bytes: 50))
        )
        topology.allowedNodes = [0, 1, 7]
        return topology
    }()

    private func choose(
        _ bytes: Int64,
        _ cpus: CPUSet,
        booked: [Int: Int64] = [:],
        on topology: Topology? = nil
    ) -> String {
        let choice = MemoryChoice(of: topology ?? self.topology)
        return choice.choose(MemorySize(bytes: bytes), beside: cpus, booked: booked)
            .map(\.description).joined(separator: ",")
    }

    @Test func `memory is booked on the node of the cores where it fits`() {
        #expect(choose(60, [2]) == "1:60")
        #expect(choose(40, [0], booked: [0: 60]) == "0:40")
        #expect(choose(0, [0]) == "")
    }

    @Test func `what does not fit is booked on another node, with CPUs before without`() {
        #expect(choose(70, [2]) == "0:10,1:60")
        #expect(choose(100, [2], booked: [0: 90]) == "0:10,1:60,7:30")
    }

    @Test func `a job on several nodes has a part on each`() {
        #expect(choose(50, [1, 2]) == "0:25,1:25")
        #expect(choose(50, [1, 2], booked: [1: 50]) == "0:40,1:10")
    }

    @Test func `what finds no room on any node is booked without one`() {
        #expect(choose(250, [0]) == "0:100,1:60,7:50,40")
    }

    @Test func `a node that is not allowed, or tells no memory, has none`() {
        var topology = topology
        topology.allowedNodes = [1]
        #expect(choose(70, [0], on: topology) == "1:60,10")
        #expect(choose(70, [0], on: twoCaches) == "70")
    }

    @Test func `what is booked adds up, and no node has more than it can`() {
        for seed in UInt64(1)...500 {
            var generator = SeededGenerator(seed: seed)
            var booked: [Int: Int64] = [:]
            let choice = MemoryChoice(of: topology)
            for _ in 0..<6 {
                let size = Int64.random(in: 0...60, using: &generator)
                let cpus = CPUSet((0..<4).filter { _ in Bool.random(using: &generator) })
                let shares = choice.choose(
                    MemorySize(bytes: size),
                    beside: cpus,
                    booked: booked
                )
                #expect(shares.reduce(0) { $0 + $1.size.bytes } == size, "seed \(seed)")
                for share in shares {
                    if let node = share.node { booked[node, default: 0] += share.size.bytes }
                }
            }
            for node in topology.nodes {
                #expect(booked[node.number] ?? 0 <= node.memory?.bytes ?? 0, "seed \(seed)")
            }
        }
    }
}
