import JobModel

/// What `submit`'s options say; what was not said is as Slurm has it.
struct SubmitOptions: Sendable {
    var name: ByteString?
    var request = ResourceRequest()
    var gpuMemory: MemorySize?
    var timeLimit: TimeLimit?
    var input: ByteString?
    var output: ByteString?
    var error: ByteString?
    var appendsOutput = false
    var workDirectory: ByteString?
    var array: ArraySpecification?
    var dependency: Dependency?
    var isHeld = false
    var nice: Int64 = 0
    var priority: Int64?
    var export = ExportRule()
    var allowsRequeue: Bool?
    var comment: ByteString?
    var wrap: ByteString?
    var isParsable = false
    var waits = false
}
