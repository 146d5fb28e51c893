internal import JobModel
internal import Logging
internal import Machine
internal import Placement
internal import QueueStore

extension Daemon {
    /// Takes note of who is at work on the GPUs.
    ///
    /// A GPU that a job of ours holds is not looked at: its processes are that job's.
    func take(_ probe: GPUProbe) throws {
        let held = Set(decision.heldGPUs)
        let busy = Set(probe.devices.filter { !$0.processes.isEmpty }.map(\.uuid))
        let found = inventory.gpus.filter { busy.contains($0.uuid) && !held.contains($0.uuid) }
        let outside = Set(found.map(\.index))
        guard outside != usedOutside else { return }
        for gpu in inventory.gpus
        where outside.contains(gpu.index) != usedOutside.contains(gpu.index) {
            log.notice(
                "GPU \(gpu.index) (\(gpu.uuid)) is \(outside.contains(gpu.index) ? "used from outside the queue and not given out" : "free again")"
            )
        }
        usedOutside = outside
        decision.setUsedOutside(outside)
        try store.write { try store.leave(inventory.facts(usedOutside: outside)) }
    }
}
