internal import JobModel
internal import Placement

/// A machine as JSON, for `resources --json`.
///
/// The keys are those of docs/json.md under `machine`: CPUs are the kernel's numbers of hardware
/// threads, memory is in bytes, what is not known is null.
struct MachineReport {
    let machine: MachineDescription

    /// The object that stands under the key `machine`.
    var json: String {
        let topology = machine.topology
        let members = [
            ("cpus_online", numbers(topology.online)),
            ("cpus_allowed", numbers(topology.allowed)),
            ("numa_allowed", numbers(topology.allowedNodes)),
            ("memory_bytes", machine.memory.bytes == 0 ? "null" : String(machine.memory.bytes)),
            ("cores", list(topology.cores.map { object(core($0)) })),
            ("l3", list(topology.l3.map { object([("cpus", numbers($0))]) })),
            ("numa", list(topology.nodes.map { object(node($0)) })),
            ("gpus", list(machine.gpus.map { object(gpu($0)) })),
        ]
        return object(members)
    }

    private func core(_ core: Topology.Core) -> [(String, String)] {
        [
            ("cpus", numbers(core.cpus)),
            ("numa", number(core.node)),
            ("l3", number(core.l3)),
            ("package", number(core.package)),
            ("kind", String(core.kind)),
        ]
    }

    private func node(_ node: Topology.MemoryNode) -> [(String, String)] {
        [
            ("id", String(node.number)),
            ("cpus", numbers(node.cpus)),
            ("memory_bytes", node.memory.map { String($0.bytes) } ?? "null"),
        ]
    }

    private func gpu(_ gpu: GPU) -> [(String, String)] {
        [
            ("index", String(gpu.index)),
            ("uuid", string(gpu.uuid)),
            ("type", string(gpu.type)),
            ("memory_bytes", gpu.memory.map { String($0.bytes) } ?? "null"),
            ("vendor", string(gpu.vendor.rawValue)),
            ("bus_id", gpu.busID.map { string($0) } ?? "null"),
            ("numa", number(gpu.node)),
        ]
    }

    private func number(_ value: Int?) -> String { value.map(String.init) ?? "null" }

    private func numbers(_ values: some Sequence<Int>) -> String {
        list(values.map { String($0) })
    }

    private func list(_ values: [String]) -> String { "[" + values.joined(separator: ",") + "]" }

    private func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    /// A string in quotes, with what JSON does not allow in one escaped (RFC 8259, section 7).
    private func string(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\u{0}"..."\u{1f}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
