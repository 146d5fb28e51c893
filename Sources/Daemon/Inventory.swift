internal import JobModel
internal import Placement
internal import Planner
internal import QueueStore

/// What this queue gives out: the machine, less what the configuration keeps back.
struct Inventory: Sendable {
    let machine: MachineDescription
    let unit: AllocatableUnits.Unit
    let choice: CoreChoice
    let memoryChoice: MemoryChoice
    /// All CPUs that are given out.
    let cpus: CPUSet
    /// How many units they are.
    let units: Int
    let memory: MemorySize
    let gpus: [GPU]
    let defaultMemoryPerCPU: MemorySize
    let defaultTime: TimeLimit
    let requeuesJobs: Bool
    /// What the configuration keeps back.
    private let kept: (cpus: CPUSet, memory: MemorySize)

    init(_ found: MachineDescription, _ configuration: Configuration) {
        var machine = found
        machine.topology.allowed = machine.topology.allowed.subtracting(configuration.reservedCPUs)
        if let listed = configuration.gpus {
            machine.gpus = listed.enumerated().map { index, gpu in
                GPU(
                    index: index,
                    uuid: gpu.uuid ?? "GPU-configured-\(index)",
                    vendor: .nvidia,
                    type: gpu.type,
                    memory: gpu.memory,
                    node: gpu.node,
                    path: gpu.path,
                    nvlinks: gpu.nvlinks
                )
            }
        }
        self.machine = machine
        unit = configuration.unit
        choice = CoreChoice(of: machine.topology, counting: configuration.unit)
        memoryChoice = MemoryChoice(of: machine.topology)
        cpus = choice.units.cpus
        units = choice.units.count
        memory = MemorySize(
            bytes: max(0, machine.memory.bytes - configuration.reservedMemory.bytes)
        )
        gpus = machine.gpus
        defaultMemoryPerCPU = configuration.defaultMemoryPerCPU
        defaultTime = configuration.defaultTime
        requeuesJobs = configuration.requeuesJobs
        kept = (configuration.reservedCPUs, configuration.reservedMemory)
    }

    var capacity: Capacity {
        Capacity(
            cores: units,
            memory: memory,
            gpus: gpus.map { Capacity.GPU(index: $0.index, type: $0.type, memory: $0.memory) }
        )
    }

    /// Which part of the machine this is.
    var givenOut: GivenOut {
        GivenOut(cpus: cpus, keptCPUs: kept.cpus, keptMemory: kept.memory)
    }

    /// What the tools need to know.
    func facts(usedOutside: Set<Int>) -> MachineFacts {
        MachineFacts(
            cpus: units,
            memory: memory,
            gpus: gpus.map { gpu in
                MachineFacts.GPU(
                    index: gpu.index,
                    uuid: gpu.uuid,
                    type: gpu.type,
                    memoryBytes: gpu.memory?.bytes ?? 0,
                    isUsedOutside: usedOutside.contains(gpu.index)
                )
            }
        )
    }

    /// The memory that a request books.
    func memory(of request: ResourceRequest) -> MemorySize {
        switch request.memory {
        case .perNode(let size): size
        case .perCPU(let size): size * request.cpus
        case .all: memory
        case nil: defaultMemoryPerCPU * request.cpus
        }
    }

    func demand(of request: ResourceRequest) -> Demand {
        Demand(cores: request.cpus, memory: memory(of: request), gpus: request.gpus)
    }

    /// The seconds after which a job is ended; nil for none.
    func limit(_ limit: TimeLimit?) -> Int64? {
        switch limit ?? defaultTime {
        case .unlimited: nil
        case .seconds(let seconds): seconds
        }
    }

    /// How a job stops for another.
    enum WayToStop: Sendable {
        /// It stands still where it is.
        case suspend
        /// It ends, and runs again.
        case requeue
    }

    /// How a job that runs can be stopped for another; nil where it cannot.
    ///
    /// One that stands still holds its memory, and what it has on GPUs; hence what has booked any of
    /// these has to end, where it may run again.
    func wayToStop(_ request: ResourceRequest, allowsRequeue: Bool?) -> WayToStop? {
        if request.gpus == nil, memory(of: request).bytes == 0 { return .suspend }
        return allowsRequeue ?? requeuesJobs ? .requeue : nil
    }
}
