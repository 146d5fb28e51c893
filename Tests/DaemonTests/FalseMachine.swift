import JobModel
import Placement
import SeededRandom

@testable import Daemon

/// A machine that is only a value, of random size.
enum FalseMachine {
    /// So many cores of so many threads each, dealt out to the nodes in turn.
    static func topology(cores count: Int, threads: Int = 1, nodes: Int = 1) -> Topology {
        let cores = (0..<count).map { core in
            Topology.Core(
                cpus: CPUSet((0..<threads).map { core * threads + $0 }),
                node: core % nodes,
                l3: nil,
                package: 0
            )
        }
        let all = cores.reduce(CPUSet()) { $0.union($1.cpus) }
        return Topology(
            online: all,
            allowed: all,
            cores: cores,
            l3: [],
            nodes: (0..<nodes).map { node in
                let own = cores.filter { $0.node == node }.reduce(CPUSet()) { $0.union($1.cpus) }
                return Topology.MemoryNode(number: node, cpus: own, memory: nil)
            },
            allowedNodes: Array(0..<nodes)
        )
    }

    static func random(using generator: inout SeededGenerator) -> Inventory {
        let threads = Int.random(in: 1...2, using: &generator)
        let cores = Int.random(in: 1...8, using: &generator)
        let topology = topology(cores: cores, threads: threads, nodes: 2)
        let gpus = (0..<Int.random(in: 0...4, using: &generator)).map { index in
            GPU(index: index, uuid: "GPU-\(index)", vendor: .nvidia, type: index < 2 ? "a" : "b")
        }
        let machine = MachineDescription(
            topology: topology,
            memory: MemorySize(bytes: 16),
            gpus: gpus
        )
        var configuration = Configuration()
        configuration.unit = generator.chance(30) ? .thread : .core
        return Inventory(machine, configuration)
    }
}

extension Inventory {
    /// What a job may ask for here, mostly little.
    func request(using generator: inout SeededGenerator) -> ResourceRequest {
        var request = ResourceRequest()
        let most = generator.chance(20) ? units : min(2, units)
        request.tasks = Int.random(in: 1...most, using: &generator)
        if generator.chance(30) {
            request.memory = .perNode(
                MemorySize(bytes: Int64.random(in: 1...12, using: &generator))
            )
        }
        if !gpus.isEmpty, generator.chance(40) {
            let type = generator.chance(50) ? generator.pick(gpus).type : nil
            let present = gpus.filter { type == nil || $0.type == type }.count
            let count = Int.random(in: 1...present, using: &generator)
            request.gpus = GPURequest(count: count, type: type)
        }
        return request
    }
}
