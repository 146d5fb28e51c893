internal import JobModel
internal import Linux
internal import Logging
internal import Machine
internal import Placement
internal import QueueStore

extension Daemon {
    /// What there is to give out, and what NVIDIA's library says of the GPUs where it is asked.
    static func takeStock(
        _ configuration: Configuration
    ) throws -> (inventory: Inventory, probe: GPUProbe?) {
        let probe = configuration.gpus == nil ? GPUWatch.first() : nil
        let machine = try MachineDiscovery.machine(probe: probe)
        let present = MachineDiscovery.presentCPUs() ?? CPUSet()
        try check(configuration, on: machine, with: present.union(machine.topology.online))
        return (Inventory(machine, configuration), probe)
    }

    /// Whether a machine has what the configuration keeps back, and more.
    ///
    /// - Parameter present: its CPUs, online or not: those that are off for a while may be named.
    static func check(
        _ configuration: Configuration,
        on machine: MachineDescription,
        with present: CPUSet
    ) throws(ConfigurationError) {
        let unknown = configuration.reservedCPUs.subtracting(present)
        guard unknown.isEmpty else {
            throw ConfigurationError(
                "core_spec_cpus",
                "this machine has no CPU \(unknown); it has \(present)"
            )
        }
        let kept = configuration.reservedCPUs
        guard !machine.topology.allowed.subtracting(kept).isEmpty else {
            throw ConfigurationError("core_spec_cpus", "\(kept) are all CPUs; leave one at least")
        }
        let memory = configuration.reservedMemory
        guard memory.bytes == 0 || memory < machine.memory else {
            throw ConfigurationError(
                "mem_spec_limit",
                "\(memory) is all of the memory (\(machine.memory)); leave some"
            )
        }
    }

    /// Reads the configuration anew; with a mistake in it, everything stays as it is.
    ///
    /// What runs keeps what it has and the limits that it was started with.
    func reconfigure() throws {
        let begun = Clock.monotonicMicroseconds
        let probe: GPUProbe?
        do {
            let new = try readConfiguration()
            (inventory, probe) = try Self.takeStock(new)
            configuration = new
        } catch {
            log.error("the configuration stays as it was: \(error)")
            let reading = ConfigurationReading(begun: begun, isMistake: true, words: "\(error)")
            return try store.write { try store.leave(reading) }
        }
        watchesGPUs = probe?.devices.isEmpty == false
        usedOutside = []
        try decideAnew()
        housekeeping.renewNotes()
        try leaveStock(readAt: begun)
        if let probe { try take(probe) }
        log.notice("the configuration is read anew: \(stockText)")
    }

    /// Leaves for the tools what there is to give out, since the configuration was read.
    func leaveStock(readAt begun: Int64) throws {
        try store.write {
            try store.leave(inventory.facts(usedOutside: []))
            try store.leave(inventory.givenOut)
            try store.leave(
                ConfigurationReading(begun: begun, isMistake: false, words: stockText)
            )
        }
    }

    /// What there is to give out, in words.
    var stockText: String {
        "\(inventory.units) CPUs (\(inventory.cpus)), \(inventory.memory) of memory, \(inventory.gpus.count) GPUs"
    }
}
