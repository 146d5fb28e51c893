internal import Linux
internal import Logging
internal import Machine
internal import QueueStore

extension Daemon {
    /// What there is to give out, and what NVIDIA's library says of the GPUs where it is asked.
    static func takeStock(
        _ configuration: Configuration
    ) throws -> (inventory: Inventory, probe: GPUProbe?) {
        let probe = configuration.gpus == nil ? GPUWatch.first() : nil
        let inventory = Inventory(try MachineDiscovery.machine(probe: probe), configuration)
        guard inventory.units > 0 else {
            let kept = configuration.reservedCPUs
            throw ConfigurationError("core_spec_cpus", "\(kept) are all CPUs; leave one at least")
        }
        return (inventory, probe)
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
        try leaveStock(readAt: begun)
        if let probe { try take(probe) }
        log.notice("the configuration is read anew: \(stockText)")
    }

    /// Leaves for the tools what there is to give out, since the configuration was read.
    func leaveStock(readAt begun: Int64) throws {
        try store.write {
            try store.leave(inventory.facts(usedOutside: []))
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
