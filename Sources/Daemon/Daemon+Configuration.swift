internal import Logging
internal import Machine
internal import QueueStore

extension Daemon {
    /// What there is to give out, and what NVIDIA's library says of the GPUs where it is asked.
    static func takeStock(
        _ configuration: Configuration
    ) throws -> (inventory: Inventory, probe: GPUProbe?) {
        let probe = configuration.gpus == nil ? GPUWatch.first() : nil
        return (Inventory(try MachineDiscovery.machine(probe: probe), configuration), probe)
    }

    /// Reads the configuration anew; with a mistake in it, everything stays as it is.
    ///
    /// What runs keeps what it has and the limits that it was started with.
    /// - Returns: what is wrong with it; nil where nothing is.
    @discardableResult
    func reconfigure() throws -> String? {
        do {
            let new = try readConfiguration()
            let (stock, probe) = try Self.takeStock(new)
            configuration = new
            inventory = stock
            watchesGPUs = probe?.devices.isEmpty == false
            usedOutside = []
        } catch {
            log.error("the configuration stays as it was: \(error)")
            return "\(error)"
        }
        try decideAnew()
        try store.write { try store.leave(inventory.facts(usedOutside: [])) }
        log.notice("the configuration is read anew: \(stockText)")
        return nil
    }

    /// What there is to give out, for the log.
    var stockText: String {
        "\(inventory.units) CPUs (\(inventory.cpus)), \(inventory.memory) of memory, \(inventory.gpus.count) GPUs"
    }
}
