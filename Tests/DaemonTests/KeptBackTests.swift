import JobModel
import Placement
import Testing

@testable import Daemon

/// What the configuration keeps back, on a machine of four CPUs of which the last is offline.
struct KeptBackTests {
    private let machine = MachineDescription(
        topology: Topology(
            online: CPUSet([0, 1, 2]),
            allowed: CPUSet([0, 1]),
            cores: [0, 1, 2].map {
                Topology.Core(cpus: CPUSet([$0]), node: nil, l3: nil, package: nil)
            },
            l3: [],
            nodes: [],
            allowedNodes: []
        ),
        memory: MemorySize(bytes: 8 << 30),
        gpus: []
    )

    /// What is said of a configuration; nil where it is good.
    private func mistake(_ text: String) throws -> String? {
        let configuration = try Configuration(text: text, file: "schedd.toml")
        do {
            try Daemon.check(configuration, on: machine, with: CPUSet([0, 1, 2, 3]))
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: ["", "core_spec_cpus = \"0,2-3\"", "mem_spec_limit = \"7G\""])
    func `what leaves something is good, and may name what is offline`(_ text: String) throws {
        #expect(try mistake(text) == nil)
    }

    @Test(arguments: [
        ("core_spec_cpus = \"1,4-5\"", "core_spec_cpus: this machine has no CPU 4-5; it has 0-3"),
        ("core_spec_cpus = \"0-1\"", "core_spec_cpus: 0-1 are all CPUs; leave one at least"),
        ("mem_spec_limit = \"8G\"", "mem_spec_limit: 8G is all of the memory (8G); leave some"),
    ])
    func `what cannot be kept back is told`(_ text: String, _ words: String) throws {
        #expect(try mistake(text) == words)
    }
}
