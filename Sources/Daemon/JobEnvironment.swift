internal import JobModel
internal import Placement
internal import QueueStore

/// What a job finds in its environment beside what its user had (sbatch(1), OUTPUT ENVIRONMENT
/// VARIABLES).
struct JobEnvironment {
    let claimed: Claimed
    let request: ResourceRequest
    let allocation: Allocation
    let gpus: [GPU]
    let array: ArrayFacts?
    let userName: String
    let host: String
    let hasNVIDIA: Bool
    let hasAMD: Bool

    /// The environment that was submitted without what the queue itself sets for some jobs: it held
    /// where the job was submitted, perhaps inside another job.
    ///
    /// With the folder that it was submitted from, which is that it starts in where nothing is said.
    static func stripped(_ given: [ByteString], workDirectory: ByteString) -> [ByteString] {
        var stripped = given.filter { entry in
            let name = entry.bytes.prefix { $0 != UInt8(ascii: "=") }
            return !ownNames.contains(String(decoding: name, as: UTF8.self))
        }
        let mark = Array("SLURM_SUBMIT_DIR=".utf8)
        if !stripped.contains(where: { $0.bytes.starts(with: mark) }) {
            stripped.append(ByteString(mark + workDirectory.bytes))
        }
        return stripped
    }

    /// A stripped environment with the queue's variables.
    func complete(_ stripped: [ByteString]) -> [ByteString] {
        stripped
            + variables.map {
                ByteString(Array($0.name.utf8) + [UInt8(ascii: "=")] + $0.value.bytes)
            }
    }

    /// Every name that a job may get from the queue, or must not have from elsewhere.
    private static let ownNames: Set<String> = [
        "CUDA_DEVICE_ORDER", "CUDA_VISIBLE_DEVICES", "ENVIRONMENT", "GPU_DEVICE_ORDINAL",
        "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "SLURMD_NODENAME", "SLURM_ARRAY_JOB_ID",
        "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MAX",
        "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP", "SLURM_CLUSTER_NAME",
        "SLURM_CPUS_ON_NODE", "SLURM_CPUS_PER_TASK", "SLURM_GPUS", "SLURM_GPUS_ON_NODE",
        "SLURM_GTIDS", "SLURM_JOBID", "SLURM_JOB_CPUS_PER_NODE", "SLURM_JOB_GPUS", "SLURM_JOB_ID",
        "SLURM_JOB_NAME", "SLURM_JOB_NODELIST", "SLURM_JOB_NUM_NODES", "SLURM_JOB_PARTITION",
        "SLURM_JOB_UID", "SLURM_JOB_USER", "SLURM_LOCALID", "SLURM_MEM_PER_CPU",
        "SLURM_MEM_PER_NODE", "SLURM_NNODES", "SLURM_NODEID", "SLURM_NODELIST", "SLURM_NPROCS",
        "SLURM_NTASKS", "SLURM_PROCID", "SLURM_RESTART_COUNT", "SLURM_SUBMIT_HOST",
        "SLURM_TASKS_PER_NODE", "SLUICE_GPU_MEMORY", "ZE_AFFINITY_MASK",
    ]

    private var variables: [(name: String, value: ByteString)] {
        var list: [(String, ByteString)] = []
        func set(_ name: String, _ value: String) { list.append((name, ByteString(value))) }
        let id = claimed.attempt.job
        for name in ["SLURM_JOB_ID", "SLURM_JOBID"] { set(name, "\(id)") }
        list.append(("SLURM_JOB_NAME", claimed.name))
        set("SLURM_JOB_UID", "\(claimed.uid)")
        set("SLURM_JOB_USER", userName)
        set("SLURM_JOB_PARTITION", "main")
        set("SLURM_CLUSTER_NAME", "sluice")
        for name in [
            "SLURM_JOB_NODELIST", "SLURM_NODELIST", "SLURMD_NODENAME", "SLURM_SUBMIT_HOST",
        ] { set(name, host) }
        for name in ["SLURM_JOB_NUM_NODES", "SLURM_NNODES"] { set(name, "1") }
        for name in ["SLURM_CPUS_ON_NODE", "SLURM_JOB_CPUS_PER_NODE"] {
            set(name, "\(request.cpus)")
        }
        set("SLURM_TASKS_PER_NODE", "\(request.tasks ?? 1)")
        for name in ["SLURM_NODEID", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_GTIDS"] {
            set(name, "0")
        }
        set("ENVIRONMENT", "BATCH")
        if claimed.restarts > 0 { set("SLURM_RESTART_COUNT", "\(claimed.restarts)") }
        if let tasks = request.tasks {
            for name in ["SLURM_NTASKS", "SLURM_NPROCS"] { set(name, "\(tasks)") }
        }
        if let cpus = request.cpusPerTask { set("SLURM_CPUS_PER_TASK", "\(cpus)") }
        switch request.memory {
        case .perNode(let size): set("SLURM_MEM_PER_NODE", "\(size.bytes >> 20)")
        case .perCPU(let size): set("SLURM_MEM_PER_CPU", "\(size.bytes >> 20)")
        case .all: set("SLURM_MEM_PER_NODE", "\(allocation.memory.bytes >> 20)")
        case nil: break
        }
        return list + arrayVariables + gpuVariables
    }

    private var arrayVariables: [(String, ByteString)] {
        guard let array, let id = claimed.array, let index = claimed.taskIndex else { return [] }
        return [
            ("SLURM_ARRAY_JOB_ID", "\(id)"), ("SLURM_ARRAY_TASK_ID", "\(index)"),
            ("SLURM_ARRAY_TASK_MIN", "\(array.first)"), ("SLURM_ARRAY_TASK_MAX", "\(array.last)"),
            ("SLURM_ARRAY_TASK_STEP", "\(array.step)"),
            ("SLURM_ARRAY_TASK_COUNT", "\(array.count)"),
        ].map { ($0.0, ByteString($0.1)) }
    }

    /// The runtime counts what it is given from 0; a second list would be counted within the first.
    private var gpuVariables: [(String, ByteString)] {
        var list: [(String, String)] = []
        let nvidia = gpus.filter { $0.vendor == .nvidia }.map(\.visibleName)
        let amd = gpus.filter { $0.vendor == .amd }.map(\.visibleName)
        if hasNVIDIA {
            list.append(("CUDA_VISIBLE_DEVICES", nvidia.joined(separator: ",")))
            list.append(("CUDA_DEVICE_ORDER", "PCI_BUS_ID"))
        }
        if hasAMD { list.append(("ROCR_VISIBLE_DEVICES", amd.joined(separator: ","))) }
        if !gpus.isEmpty {
            let numbers = gpus.map { String($0.index) }.joined(separator: ",")
            list.append(("SLURM_JOB_GPUS", numbers))
            list.append(("SLURM_GPUS_ON_NODE", "\(gpus.count)"))
            if let wanted = request.gpus { list.append(("SLURM_GPUS", "\(wanted.count)")) }
            if let share = request.gpus?.memory {
                list.append(("SLUICE_GPU_MEMORY", "\(share.bytes >> 20)"))
            }
        }
        return list.map { ($0.0, ByteString($0.1)) }
    }
}
