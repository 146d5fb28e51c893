public import JobModel
public import QueueStore

extension JobRecord {
    /// The job as Slurm names it: `17`, `9_4`, `9_[1-100%4]`.
    public var label: String {
        guard let array else { return "\(id)" }
        if let taskIndex { return "\(array)_\(taskIndex)" }
        let limit = throttle.map { "%\($0)" } ?? ""
        return "\(array)_[\(waiting.map { "\($0)" } ?? "")\(limit)]"
    }

    /// What it asks for of memory in all, in bytes; nil where it did not ask.
    public var requestedMemoryBytes: Int64? {
        switch request.memory {
        case nil: allocation.flatMap { $0.memory.bytes > 0 ? $0.memory.bytes : nil }
        case .perNode(let size): size.bytes
        case .perCPU(let size): (size * request.cpus).bytes
        case .all: allocation?.memory.bytes
        }
    }

    /// The numbers of the GPUs that it holds, `0,2`; of one that it shares with how much of its
    /// memory is the job's, `0:10G`.
    public var gpuText: String {
        let share = request.gpus?.memory.map { ":\($0)" } ?? ""
        return gpus.map { "\($0.index)\(share)" }.joined(separator: ",")
    }

    /// When it ended, or when its time limit ends it; nil where neither is known.
    public var expectedEnd: Timestamp? {
        if let ended { return ended }
        // The limit stands still with the job.
        guard let started, stopped == nil, case .seconds(let limit) = timeLimit else { return nil }
        let length = Self.clamped(limit.multipliedReportingOverflow(by: 1_000_000))
        let begin = started.microseconds + suspendedMicroseconds
        let end = begin.addingReportingOverflow(length)
        return Timestamp(microseconds: Self.clamped(end))
    }

    private static func clamped(_ result: (partialValue: Int64, overflow: Bool)) -> Int64 {
        result.overflow ? .max : result.partialValue
    }

    /// Exit status and signal as Slurm pairs them: `3:0`.
    public var exitText: String { "\(exitCode ?? 0):\(signal ?? 0)" }
}

extension JobRecord.Details {
    /// What it runs and with which arguments, with a blank between words.
    public var commandLine: ByteString {
        ByteString(Array(command.map(\.bytes).joined(separator: [UInt8(ascii: " ")])))
    }
}
