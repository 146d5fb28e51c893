public import JobModel
internal import SQLite

/// What the machine has to give out, as `schedd` leaves it for the tools.
public struct MachineFacts: Equatable, Sendable {
    /// One GPU of the machine.
    public struct GPU: Equatable, Sendable {
        /// Its number in PCI bus order, as CUDA_VISIBLE_DEVICES counts.
        public var index: Int
        /// Its UUID.
        public var uuid: String
        /// Its type in lower case, such as `a100`.
        public var type: String
        /// Its memory in bytes.
        public var memoryBytes: Int64
        /// Whether a process from outside the queue is at work on it.
        public var isUsedOutside: Bool

        /// A GPU as found.
        public init(
            index: Int,
            uuid: String,
            type: String,
            memoryBytes: Int64,
            isUsedOutside: Bool
        ) {
            self.index = index
            self.uuid = uuid
            self.type = type
            self.memoryBytes = memoryBytes
            self.isUsedOutside = isUsedOutside
        }
    }

    /// CPUs in the unit of the queue: physical cores, or hardware threads where so configured.
    public var cpus: Int
    /// Memory to give out.
    public var memory: MemorySize
    /// The GPUs in order of their numbers.
    public var gpus: [GPU]

    /// A machine with these things.
    public init(cpus: Int, memory: MemorySize, gpus: [GPU]) {
        self.cpus = cpus
        self.memory = memory
        self.gpus = gpus
    }

    /// What a request asks for beyond all that there is; nil where it can be met some day.
    public func shortage(for request: ResourceRequest) -> Shortage? {
        if request.cpus > cpus { return .cpus(wanted: request.cpus, present: cpus) }
        let wanted: Int64 =
            switch request.memory {
            case .perNode(let size): size.bytes
            case .perCPU(let size):
                size.bytes.multipliedReportingOverflow(by: Int64(request.cpus)).overflow
                    ? .max : size.bytes * Int64(request.cpus)
            case .all, nil: 0
            }
        if wanted > memory.bytes {
            return .memory(wanted: MemorySize(bytes: wanted), present: memory)
        }
        if let gpus = request.gpus {
            let present = self.gpus.filter { gpus.type == nil || $0.type == gpus.type }.count
            if gpus.count > present {
                return .gpus(wanted: gpus, present: present, types: self.gpus.map(\.type))
            }
        }
        return nil
    }
}

/// A request for more than the machine has.
public enum Shortage: Equatable, Sendable {
    /// More CPUs.
    case cpus(wanted: Int, present: Int)
    /// More memory.
    case memory(wanted: MemorySize, present: MemorySize)
    /// More GPUs, or a type that is not there.
    case gpus(wanted: GPURequest, present: Int, types: [String])
}

extension Shortage: CustomStringConvertible {
    /// What is asked for and what there is, on one line.
    public var description: String {
        switch self {
        case .cpus(let wanted, let present):
            return "\(wanted) CPUs are asked for, this machine has \(present)"
        case .memory(let wanted, let present):
            return "\(wanted) of memory is asked for, this machine has \(present)"
        case .gpus(let wanted, let present, let types):
            let kind = wanted.type.map { " of type '\($0)'" } ?? ""
            let known = types.isEmpty || present > 0 ? "" : "; it has \(Self.list(types))"
            return "\(wanted.count) GPUs\(kind) are asked for, this machine has "
                + (present == 0 ? "none" : String(present)) + known
        }
    }

    private static func list(_ types: [String]) -> String {
        var counts: [(type: String, count: Int)] = []
        for type in types {
            if let index = counts.firstIndex(where: { $0.type == type }) {
                counts[index].count += 1
            } else {
                counts.append((type, 1))
            }
        }
        return counts.map { "\($0.count) of type '\($0.type)'" }.joined(separator: ", ")
    }
}

extension QueueStore {
    /// What `schedd` last said of the machine; nil before it has ever run.
    ///
    /// - Parameter withGPUs: whether its GPUs are wanted, too.
    public func machineFacts(withGPUs: Bool = true) throws -> MachineFacts? {
        let counts = try db.first(
            """
            SELECT (SELECT value FROM fact WHERE name = 'cpus'),
                (SELECT value FROM fact WHERE name = 'memory_bytes')
            """
        ) { row in (cpus: Int(row.text(0)), memory: Int64(row.text(1))) }
        guard let cpus = counts?.cpus, let memory = counts?.memory else { return nil }
        var facts = MachineFacts(cpus: cpus, memory: MemorySize(bytes: memory), gpus: [])
        guard withGPUs else { return facts }
        try db.query(
            "SELECT number, uuid, type, memory_bytes, used_outside FROM gpu ORDER BY number"
        ) { row in
            facts.gpus.append(
                MachineFacts.GPU(
                    index: Int(row.integer(0)),
                    uuid: row.text(1),
                    type: row.text(2),
                    memoryBytes: row.integer(3),
                    isUsedOutside: row.bool(4)
                )
            )
        }
        return facts
    }

    /// Leaves what the machine has for the tools; within a write transaction.
    public func leave(_ facts: MachineFacts) throws {
        try setNumber("cpus", Int64(facts.cpus))
        try setNumber("memory_bytes", facts.memory.bytes)
        try db.run("DELETE FROM gpu")
        for gpu in facts.gpus {
            try db.run(
                """
                INSERT INTO gpu (uuid, number, type, memory_bytes, used_outside)
                VALUES (?1, ?2, ?3, ?4, ?5)
                """,
                .text(gpu.uuid),
                .int(gpu.index),
                .text(gpu.type),
                .integer(gpu.memoryBytes),
                .bool(gpu.isUsedOutside)
            )
        }
    }

    /// Leaves the name of a user for the tools, which cannot look it up; within a write transaction.
    public func leave(userName: String, of uid: UInt32) throws {
        try db.run(
            "INSERT INTO user (uid, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = ?2",
            .int(uid),
            .text(userName)
        )
    }

    /// The name of a user as `schedd` has seen it; nil where it has not.
    func userName(of uid: UInt32) throws -> String? {
        try db.first("SELECT name FROM user WHERE uid = ?1", .int(uid)) { $0.text(0) }
    }

    /// The number of a user that `schedd` has seen; nil where it has not.
    public func uid(ofUser name: String) throws -> UInt32? {
        try db.first("SELECT uid FROM user WHERE name = ?1", .text(name)) { UInt32($0.integer(0)) }
    }

    func number(_ name: String) throws -> Int64? {
        try db.first("SELECT value FROM fact WHERE name = ?1", .text(name)) { Int64($0.text(0)) }
            ?? nil
    }

    func setNumber(_ name: String, _ value: Int64) throws {
        try db.run(
            "INSERT INTO fact (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            .text(name),
            .text(String(value))
        )
    }
}

extension QueueStore {
    /// The process of the `schedd` that has this queue, or had it last; nil where it stopped.
    public func daemonPID() throws -> Int64? {
        try number("schedd_pid").flatMap { $0 > 0 ? $0 : nil }
    }

    /// Notes the process of `schedd`; within a write transaction.
    public func setDaemon(pid: Int64) throws { try setNumber("schedd_pid", pid) }

    /// Notes that `schedd` has stopped.
    public func clearDaemon() throws { try write { try setNumber("schedd_pid", 0) } }
}
