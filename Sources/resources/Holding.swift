import CommandLineSupport
import JobModel
import Placement
import QueueStore

/// The machine, and who holds what of it.
struct Holding {
    let machine: MachineDescription
    /// What `schedd` gives out; nil before it has run, and for a stored machine.
    let facts: MachineFacts?
    let running: [JobRecord]

    /// For people: a line a core, then memory and GPUs.
    func table() -> OutputBuffer {
        var output = OutputBuffer()
        let topology = machine.topology
        let allowed = topology.cores.filter { !$0.cpus.intersection(topology.allowed).isEmpty }
        let held = running.reduce(CPUSet()) { $0.union($1.allocation?.cpus ?? CPUSet()) }
        let busy = allowed.filter { !$0.cpus.isDisjoint(with: held) }.count
        output.append(
            "Cores: \(allowed.count), \(busy) held; memory: \(memory(machine.memory.bytes))"
        )
        let booked = running.reduce(0) { $0 + ($1.allocation?.memory.bytes ?? 0) }
        output.append(", \(memory(booked)) booked; GPUs: \(gpus.count)\n\n")
        cores().write(to: &output, isColoured: TextStyle.isWanted)
        guard !gpus.isEmpty else { return output }
        output.append("\n")
        gpuTable().write(to: &output, isColoured: TextStyle.isWanted)
        return output
    }

    private func memory(_ bytes: Int64) -> String { "\(MemorySize(bytes: bytes))" }

    private func cores() -> Table {
        var table = Table([
            .init("CORE", .right), .init("CPUS"), .init("NODE", .right), .init("L3", .right),
            .init("JOB"), .init("NAME"),
        ])
        for (index, core) in machine.topology.cores.enumerated() {
            let isAllowed = !core.cpus.intersection(machine.topology.allowed).isEmpty
            let holder = running.first {
                !($0.allocation?.cpus ?? CPUSet()).isDisjoint(with: core.cpus)
            }
            table.add("\(index)")
            table.add("\(core.cpus)")
            table.add(core.node.map { "\($0)" } ?? "-")
            table.add(core.l3.map { "\($0)" } ?? "-")
            table.add(
                isAllowed ? holder?.label ?? "free" : "not allowed",
                holder == nil ? .dim : .plain
            )
            table.add(holder?.name ?? "")
        }
        return table
    }

    /// The GPUs as `schedd` gives them out, else as they are found here.
    private var gpus: [MachineFacts.GPU] {
        facts?.gpus
            ?? machine.gpus.map {
                MachineFacts.GPU(
                    index: $0.index,
                    uuid: $0.uuid,
                    type: $0.type,
                    memoryBytes: $0.memory?.bytes ?? 0,
                    isUsedOutside: false
                )
            }
    }

    private func holder(of gpu: MachineFacts.GPU) -> JobRecord? {
        running.first { $0.allocation?.gpus.contains { $0.uuid == gpu.uuid } == true }
    }

    private func gpuTable() -> Table {
        var table = Table([
            .init("GPU", .right), .init("TYPE"), .init("MEMORY", .right), .init("UUID"),
            .init("JOB"), .init("NAME"),
        ])
        for gpu in gpus {
            let holder = holder(of: gpu)
            table.add("\(gpu.index)")
            table.add(gpu.type)
            table.add(gpu.memoryBytes > 0 ? memory(gpu.memoryBytes) : "-")
            table.add(gpu.uuid)
            table.add(
                holder?.label ?? (gpu.isUsedOutside ? "used from outside" : "free"),
                holder == nil ? .dim : .plain
            )
            table.add(holder?.name ?? "")
        }
        return table
    }

    /// For programs: the machine, and the jobs that hold something.
    func json() -> OutputBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("machine")
        writer.raw(MachineReport(machine: machine).json)
        writer.key("jobs")
        writer.beginArray()
        for job in running { writer.job(job, at: Program.now) }
        writer.endArray()
        writer.key("gpus")
        writer.beginArray()
        for gpu in gpus {
            writer.beginObject()
            writer.key("index")
            writer.number(gpu.index)
            writer.key("uuid")
            writer.string(gpu.uuid)
            writer.key("type")
            writer.string(gpu.type)
            writer.key("memory_bytes")
            writer.number(gpu.memoryBytes)
            writer.key("used_outside")
            writer.boolean(gpu.isUsedOutside)
            writer.key("job_id")
            if let job = holder(of: gpu) { writer.number(job.id.rawValue) } else { writer.null() }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.endLine()
        return writer.output
    }
}
