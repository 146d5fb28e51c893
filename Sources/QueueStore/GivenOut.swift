public import JobModel
internal import SQLite

/// Which part of the machine `schedd` gives out, and what its configuration keeps back.
public struct GivenOut: Equatable, Sendable {
    /// The hardware threads that are given out.
    public var cpus: CPUSet
    /// Those that are kept back (schedd.toml(5), `core_spec_cpus`).
    public var keptCPUs: CPUSet
    /// The memory that is kept back (schedd.toml(5), `mem_spec_limit`).
    public var keptMemory: MemorySize

    /// A part of a machine.
    public init(cpus: CPUSet, keptCPUs: CPUSet, keptMemory: MemorySize) {
        self.cpus = cpus
        self.keptCPUs = keptCPUs
        self.keptMemory = keptMemory
    }
}

extension QueueStore {
    /// What `schedd` last said that it gives out; nil where it has not.
    public func givenOut() throws -> GivenOut? {
        let found = try db.first(
            """
            SELECT (SELECT value FROM fact WHERE name = 'cpu_list'),
                (SELECT value FROM fact WHERE name = 'kept_cpu_list'),
                (SELECT value FROM fact WHERE name = 'kept_memory_bytes')
            """
        ) { row in (row.optionalBytes(0), row.optionalBytes(1), Int64(row.text(2))) }
        guard let (cpus, kept, memory) = found, let cpus, let kept, let memory else { return nil }
        return GivenOut(
            cpus: try CPUSet(parsing: ByteString(cpus)),
            keptCPUs: try CPUSet(parsing: ByteString(kept)),
            keptMemory: MemorySize(bytes: memory)
        )
    }

    /// Leaves what is given out for the tools; within a write transaction.
    public func leave(_ givenOut: GivenOut) throws {
        try setText("cpu_list", givenOut.cpus.description)
        try setText("kept_cpu_list", givenOut.keptCPUs.description)
        try setNumber("kept_memory_bytes", givenOut.keptMemory.bytes)
    }
}
