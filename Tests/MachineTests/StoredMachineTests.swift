import Foundation
import JobModel
import Machine
import Placement
import Testing

/// The trees of real machines, where SLUICE_TEST_DATA names a folder with `topologies` in it.
private let folder = ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"].map {
    $0 + "/topologies"
}
private let names: [String] =
    (folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? [])
    .filter { $0.hasSuffix(".tar.gz") }.map { String($0.dropLast(7)) }.sorted()

/// What other tools say of a stored machine; nil stands for what is not to be compared.
private struct Expected: Decodable {
    struct Core: Decodable {
        var cpus: [Int]
        var numa: Int?
        var l3: Int?
        var package: Int?
    }
    struct Cache: Decodable {
        var cpus: [Int]
    }
    struct Node: Decodable {
        var id: Int
        var cpus: [Int]
        var memory_bytes: Int64?
    }
    var cpus_online: [Int]
    var cpus_allowed: [Int]?
    var cores: [Core]
    var l3: [Cache]
    var numa: [Node]
    var numa_allowed: [Int]?
}

@Suite(.enabled(if: !names.isEmpty, "SLUICE_TEST_DATA names no folder with stored machines"))
struct StoredMachineTests {
    private func stored(_ name: String) throws -> (MachineDescription, Expected) {
        let folder = try #require(folder)
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-machine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzf", "\(folder)/\(name).tar.gz", "-C", place.path]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        let machine = try MachineDiscovery.machine(under: place.path + "/" + name)
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).expected.json"))
        return (machine, try JSONDecoder().decode(Expected.self, from: data))
    }

    @Test(arguments: names)
    func `a stored machine is found as other tools find it`(name: String) throws {
        let (machine, expected) = try stored(name)
        let topology = machine.topology
        #expect(Array(topology.online) == expected.cpus_online)
        if let allowed = expected.cpus_allowed { #expect(Array(topology.allowed) == allowed) }
        if let nodes = expected.numa_allowed { #expect(topology.allowedNodes == nodes) }
        #expect(topology.cores.map { Array($0.cpus) } == expected.cores.map(\.cpus))
        #expect(topology.cores.map(\.node) == expected.cores.map(\.numa))
        #expect(topology.cores.map(\.l3) == expected.cores.map(\.l3))
        #expect(topology.l3.map { Array($0) } == expected.l3.map(\.cpus))
        #expect(topology.nodes.map(\.number) == expected.numa.map(\.id))
        #expect(topology.nodes.map { Array($0.cpus) } == expected.numa.map(\.cpus))
        for (node, told) in zip(topology.nodes, expected.numa) where told.memory_bytes != nil {
            #expect(node.memory?.bytes == told.memory_bytes, "node \(node.number)")
        }
        for (left, leftTold) in zip(topology.cores, expected.cores) where leftTold.package != nil {
            for (right, rightTold) in zip(topology.cores, expected.cores)
            where rightTold.package != nil {
                let together = left.package == right.package
                #expect(together == (leftTold.package == rightTold.package))
            }
        }
    }

    @Test(arguments: names)
    func `jobs on a stored machine get whole cores that are allowed, in one domain if they can`(
        name: String
    ) throws {
        let topology = try stored(name).0.topology
        let choice = CoreChoice(of: topology)
        let total = choice.units.count
        for count in 1...total {
            var free = topology.online
            while let chosen = choice.choose(count, from: free) {
                #expect(chosen.isSubset(of: topology.allowed.intersection(free)))
                #expect(choice.units.count(in: chosen) == count)
                let before = free
                free = free.subtracting(chosen)
                for domain in topology.l3 + topology.nodes.map(\.cpus)
                where !domain.isDisjoint(with: chosen) {
                    // It straddles only where no domain of that kind held it.
                    guard !chosen.isSubset(of: domain) else { continue }
                    let alike =
                        topology.l3.contains(domain) ? topology.l3 : topology.nodes.map(\.cpus)
                    #expect(
                        alike.allSatisfy {
                            choice.units.count(in: $0.intersection(before)) < count
                        },
                        "\(count) cores"
                    )
                }
            }
            #expect(choice.units.count(in: free) == total % count)
        }
    }
}
