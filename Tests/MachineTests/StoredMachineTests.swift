import Foundation
import JobModel
import Machine
import Placement
import Testing

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

/// The machines stored in `topologies`, below the folder that SLUICE_TEST_DATA names.
///
/// Each is unpacked once, one at a time, into memory where that is possible.
private enum StoredMachines {
    static let folder = ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"].map {
        URL(fileURLWithPath: $0).appendingPathComponent("topologies")
    }

    static let names: [String] =
        (folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) } ?? [])
        .filter { $0.hasSuffix(".tar.gz") }.map { String($0.dropLast(7)) }.sorted()

    static let machines: [String: Result<MachineDescription, any Error>] = Dictionary(
        uniqueKeysWithValues: names.map { name in (name, Result { try unpacked(name) }) }
    )

    private static func unpacked(_ name: String) throws -> MachineDescription {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
        let place = parent.appendingPathComponent("sluice-machine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let archive = try #require(folder).appendingPathComponent("\(name).tar.gz").path
        tar.arguments = ["tar", "-xzf", archive, "-C", place.path]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        return try MachineDiscovery.machine(under: place.appendingPathComponent(name).path)
    }

    static func expected(_ name: String) throws -> Expected {
        let file = try #require(folder).appendingPathComponent("\(name).expected.json")
        return try JSONDecoder().decode(Expected.self, from: try Data(contentsOf: file))
    }
}

@Suite(
    .enabled(
        if: !StoredMachines.names.isEmpty,
        "SLUICE_TEST_DATA names no folder with stored machines in 'topologies'"
    )
)
struct StoredMachineTests {
    @Test(arguments: StoredMachines.names)
    func `a stored machine is found as other tools find it`(name: String) throws {
        let topology = try #require(StoredMachines.machines[name]).get().topology
        let expected = try StoredMachines.expected(name)
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
        // Packages may be numbered in another way, but the same cores share one.
        let told = zip(topology.cores, expected.cores).filter { $1.package != nil }
        let pairs = Set(told.map { [$0.package, $1.package] })
        #expect(pairs.count == Set(told.map(\.0.package)).count)
        #expect(pairs.count == Set(told.map(\.1.package)).count)
    }

    @Test(arguments: StoredMachines.names)
    func `jobs on a stored machine get whole cores that are allowed, in one domain if they can`(
        name: String
    ) throws {
        let topology = try #require(StoredMachines.machines[name]).get().topology
        let choice = CoreChoice(of: topology)
        let total = choice.units.count
        for count in 1...total where count <= 8 || count % 7 == 0 || total % count == 0 {
            var free = topology.online
            while let chosen = choice.choose(count, from: free) {
                #expect(chosen.isSubset(of: topology.allowed.intersection(free)))
                #expect(choice.units.count(in: chosen) == count)
                for alike in [topology.l3, topology.nodes.map(\.cpus)] {
                    let used = alike.filter { !$0.isDisjoint(with: chosen) }
                    guard used.count > 1 else { continue }
                    let holders = alike.filter {
                        choice.units.count(in: $0.intersection(free)) >= count
                    }
                    #expect(holders.isEmpty, "\(count) cores in \(used)")
                }
                free = free.subtracting(chosen)
            }
            #expect(choice.units.count(in: free) == total % count)
        }
    }
}
