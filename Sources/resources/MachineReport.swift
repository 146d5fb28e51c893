import CommandLineSupport
import JobModel
import Placement
import QueueStore

extension JSONWriter {
    /// A machine, as it stands under the key `machine` (docs/json.md).
    ///
    /// CPUs are the kernel's numbers of hardware threads, memory is in bytes, what is not known is
    /// null.
    mutating func machine(_ machine: MachineDescription) {
        let topology = machine.topology
        beginObject()
        key("cpus_online")
        numbers(topology.online)
        key("cpus_allowed")
        numbers(topology.allowed)
        key("numa_allowed")
        numbers(topology.allowedNodes)
        key("memory_bytes")
        if machine.memory.bytes == 0 { null() } else { number(machine.memory.bytes) }
        list("cores", topology.cores) { $0.core($1) }
        list("l3", topology.l3) { writer, cpus in
            writer.beginObject()
            writer.key("cpus")
            writer.numbers(cpus)
            writer.endObject()
        }
        list("numa", topology.nodes) { $0.node($1) }
        list("gpus", machine.gpus) { $0.gpu($1) }
        endObject()
    }

    /// What `schedd` gives out of it and what it keeps back, as it stands under `given_out`.
    mutating func givenOut(_ part: GivenOut, memory: MemorySize?) {
        beginObject()
        key("cpus")
        numbers(part.cpus)
        optional("memory_bytes", memory?.bytes)
        key("kept_cpus")
        numbers(part.keptCPUs)
        optional("kept_memory_bytes", part.keptMemory.bytes)
        endObject()
    }

    private mutating func core(_ core: Topology.Core) {
        beginObject()
        key("cpus")
        numbers(core.cpus)
        optional("numa", core.node)
        optional("l3", core.l3)
        optional("package", core.package)
        optional("kind", core.kind)
        endObject()
    }

    private mutating func node(_ node: Topology.MemoryNode) {
        beginObject()
        optional("id", node.number)
        key("cpus")
        numbers(node.cpus)
        optional("memory_bytes", node.memory?.bytes)
        endObject()
    }

    private mutating func gpu(_ gpu: GPU) {
        beginObject()
        optional("index", gpu.index)
        key("uuid")
        string(gpu.uuid)
        key("type")
        string(gpu.type)
        optional("memory_bytes", gpu.memory?.bytes)
        key("vendor")
        string(gpu.vendor.rawValue)
        key("bus_id")
        if let bus = gpu.busID { string(bus) } else { null() }
        optional("numa", gpu.node)
        key("pci_path")
        beginArray()
        for bridge in gpu.path { string(bridge) }
        endArray()
        key("nvlinks")
        numbers(gpu.nvlinks)
        endObject()
    }

    private mutating func list<Member>(
        _ name: StaticString,
        _ members: [Member],
        _ write: (inout JSONWriter, Member) -> Void
    ) {
        key(name)
        beginArray()
        for member in members { write(&self, member) }
        endArray()
    }
}
