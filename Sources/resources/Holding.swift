import CommandLineSupport
import JobModel
import Placement
import QueueStore

/// The machine, and who holds what of it.
struct Holding {
    let machine: MachineDescription
    /// What `schedd` gives out; nil before it has run, and for a stored machine.
    let facts: MachineFacts?
    /// Which part of the machine that is; nil likewise.
    let givenOut: GivenOut?
    let running: [JobRecord]

    // MARK: Who holds what

    /// The CPUs that jobs hold.
    private var held: CPUSet {
        running.reduce(CPUSet()) { $0.union($1.allocation?.cpus ?? CPUSet()) }
    }

    /// The CPUs that jobs may hold.
    private var allowed: CPUSet { givenOut?.cpus ?? machine.topology.allowed }

    /// The cores that may be used at all.
    private var cores: [Topology.Core] {
        machine.topology.cores.filter { !$0.cpus.isDisjoint(with: allowed) }
    }

    private func count(of cores: [Topology.Core], in cpus: CPUSet) -> Int {
        cores.filter { !$0.cpus.isDisjoint(with: cpus) }.count
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

    /// Those who hold a GPU, or a part of it, with the thousandths that they hold.
    private func holders(of gpu: MachineFacts.GPU) -> [(job: JobRecord, thousandths: Int)] {
        running.compactMap { job in
            job.allocation?.gpus.first { $0.uuid == gpu.uuid }.map { (job, $0.thousandths) }
        }
    }

    // MARK: For people

    /// What there is and what of it is free, by caches and nodes; who holds what; each GPU.
    func table() -> OutputBuffer {
        let isColoured = TextStyle.isWanted
        var output = OutputBuffer()
        summary().write(to: &output, isColoured: isColoured)
        if let keptBack { output.append("\nkept back: \(keptBack)\n") }
        output.append("\n")
        domainTable().write(to: &output, isColoured: isColoured)
        if !running.isEmpty {
            output.append("\n")
            jobTable().write(to: &output, isColoured: isColoured)
        }
        if !gpus.isEmpty {
            output.append("\n")
            gpuTable().write(to: &output, isColoured: isColoured)
        }
        return output
    }

    /// What the configuration keeps back of the machine; nil for nothing.
    private var keptBack: String? {
        guard let givenOut else { return nil }
        var parts: [String] = []
        if !givenOut.keptCPUs.isEmpty { parts.append("CPUs \(givenOut.keptCPUs)") }
        if givenOut.keptMemory.bytes > 0 {
            parts.append("\(Self.rounded(givenOut.keptMemory.bytes)) of memory")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private func summary() -> Table {
        var table = Table([
            .init(""), .init("TOTAL", .right), .init("HELD", .right), .init("FREE", .right),
        ])
        let busy = count(of: cores, in: held)
        table.add("cores")
        for number in [cores.count, busy, cores.count - busy] { table.add("\(number)") }
        let total = facts?.memory.bytes ?? machine.memory.bytes
        let booked = running.reduce(0) { $0 + ($1.allocation?.memory.bytes ?? 0) }
        table.add("memory")
        for bytes in [total, booked, max(total - booked, 0)] { table.add(Self.rounded(bytes)) }
        let taken = gpus.filter { !holders(of: $0).isEmpty }.count
        let outside = gpus.filter { $0.isUsedOutside && holders(of: $0).isEmpty }.count
        table.add("gpus")
        for number in [gpus.count, taken, gpus.count - taken - outside] { table.add("\(number)") }
        return table
    }

    /// Cores by what they share: a line for each node and cache.
    private func domainTable() -> Table {
        var table = Table([
            .init("NODE", .right), .init("L3", .right), .init("CORES", .right),
            .init("FREE", .right), .init("FREE CPUS"),
        ])
        let held = held
        var rest = cores[...]
        while let first = rest.first {
            let domain = rest.filter { $0.node == first.node && $0.l3 == first.l3 }
            rest = rest.filter { $0.node != first.node || $0.l3 != first.l3 }[...]
            let cpus = domain.reduce(CPUSet()) { $0.union($1.cpus) }
            let free = cpus.intersection(allowed).subtracting(held)
            table.add(first.node.map { "\($0)" } ?? "-")
            table.add(first.l3.map { "\($0)" } ?? "-")
            table.add("\(domain.count)")
            table.add("\(domain.count - count(of: domain, in: held))")
            table.add(free.isEmpty ? "-" : "\(free)", free.isEmpty ? .dim : .green)
        }
        return table
    }

    private func jobTable() -> Table {
        var table = Table([
            .init("JOB"), .init("NAME"), .init("USER"), .init("CORES", .right), .init("CPUS"),
            .init("MEMORY", .right), .init("GPUS"),
        ])
        for job in running {
            let allocation = job.allocation
            let cpus = allocation?.cpus ?? CPUSet()
            let memory = allocation?.memory.bytes ?? 0
            table.add(job.label)
            table.add(job.name)
            table.add(job.user)
            table.add("\(count(of: machine.topology.cores, in: cpus))")
            table.add("\(cpus)")
            table.add(memory > 0 ? Self.rounded(memory) : "-")
            table.add(
                job.gpus.isEmpty ? "-" : job.gpuText
            )
        }
        return table
    }

    /// A line for each GPU, for one that is shared a line for each job on it.
    private func gpuTable() -> Table {
        var table = Table([
            .init("GPU", .right), .init("TYPE"), .init("MEMORY", .right), .init("UUID"),
            .init("HELD", .right), .init("JOB"), .init("NAME"),
        ])
        for gpu in gpus {
            let holders = holders(of: gpu)
            for place in 0..<max(1, holders.count) {
                table.add(place == 0 ? "\(gpu.index)" : "")
                table.add(place == 0 ? gpu.type : "")
                let memory = gpu.memoryBytes > 0 ? Self.rounded(gpu.memoryBytes) : "-"
                table.add(place == 0 ? memory : "")
                table.add(place == 0 ? gpu.uuid : "")
                if place < holders.count {
                    let job = holders[place].job
                    table.add(job.request.gpus?.memory?.description ?? "all")
                    table.add(job.label)
                    table.add(job.name)
                } else {
                    table.add("-")
                    if gpu.isUsedOutside {
                        table.add("used from outside", .yellow)
                    } else {
                        table.add("free", .green)
                    }
                    table.add("")
                }
            }
        }
        return table
    }

    /// A size for people, with one decimal place where it does not come out even: `15.6G`.
    private static func rounded(_ bytes: Int64) -> String {
        guard bytes > 0 else { return "0" }
        var tenths = bytes * 10 / 1024
        for unit in ["K", "M", "G"] {
            if tenths < 10_240 { return text(tenths, unit) }
            tenths /= 1024
        }
        return text(tenths, "T")
    }

    private static func text(_ tenths: Int64, _ unit: String) -> String {
        tenths % 10 == 0 ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
    }

    // MARK: For programs

    /// The machine, the jobs that hold something, and each GPU with its holder (docs/json.md).
    func json(at now: Timestamp) -> OutputBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("machine")
        writer.machine(machine)
        writer.key("given_out")
        if let givenOut { writer.givenOut(givenOut, memory: facts?.memory) } else { writer.null() }
        writer.key("jobs")
        writer.beginArray()
        for job in running { writer.job(job, at: now) }
        writer.endArray()
        writer.key("gpus")
        writer.beginArray()
        for gpu in gpus {
            writer.beginObject()
            writer.optional("index", gpu.index)
            writer.key("uuid")
            writer.string(gpu.uuid)
            writer.key("type")
            writer.string(gpu.type)
            writer.optional("memory_bytes", gpu.memoryBytes)
            writer.key("used_outside")
            writer.boolean(gpu.isUsedOutside)
            let holders = holders(of: gpu)
            let isWhole = holders.contains { $0.job.request.gpus?.memory == nil }
            writer.optional("job_id", isWhole ? holders.first?.job.id.rawValue : nil)
            writer.key("shares")
            writer.beginArray()
            for (job, thousandths) in holders {
                writer.beginObject()
                writer.optional("job_id", job.id.rawValue)
                writer.optional("thousandths", thousandths)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.endLine()
        return writer.output
    }
}
