internal import JobModel
internal import SQLite

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

    func setNumber(_ name: String, _ value: Int64) throws { try setText(name, String(value)) }

    func setText(_ name: String, _ value: String) throws {
        try db.run(
            "INSERT INTO fact (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            .text(name),
            .text(value)
        )
    }
}
