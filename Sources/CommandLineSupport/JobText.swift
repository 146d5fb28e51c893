internal import JobModel
public import QueueStore

extension JobRecord {
    /// The job as Slurm names it: `17`, `9_4`, `9_[1-100%4]`.
    public var label: String {
        guard let array else { return "\(id)" }
        if let taskIndex { return "\(array)_\(taskIndex)" }
        let limit = throttle.map { "%\($0)" } ?? ""
        return "\(array)_[\(waiting.map { "\($0)" } ?? "")\(limit)]"
    }

    /// The CPUs that it holds, for people: `0-3`; empty where it holds none.
    public var heldCPUs: String { state == .running ? allocation.map { "\($0.cpus)" } ?? "" : "" }

    /// The numbers of the GPUs that it holds: `0,2`; empty where it holds none.
    public var heldGPUs: String {
        state == .running ? gpus.map { String($0.index) }.joined(separator: ",") : ""
    }

    /// What it asks for of memory in all, in bytes; nil where it did not ask.
    public var requestedMemoryBytes: Int64? {
        switch request.memory {
        case nil: allocation.flatMap { $0.memory.bytes > 0 ? $0.memory.bytes : nil }
        case .perNode(let size): size.bytes
        case .perCPU(let size): size.bytes * Int64(request.cpus)
        case .all: allocation?.memory.bytes
        }
    }

    /// Exit status and signal as Slurm pairs them: `3:0`.
    public var exitText: String { "\(exitCode ?? 0):\(signal ?? 0)" }
}
