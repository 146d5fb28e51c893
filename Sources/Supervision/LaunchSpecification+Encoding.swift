internal import JobModel

extension LaunchSpecification {
    /// The version of the bytes; a supervisor takes no other.
    private static let version: UInt16 = 1

    /// The bytes that a supervisor reads.
    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.version)
        writer.put(attempt.job.rawValue)
        writer.put(Int64(attempt.number))
        writer.put(stateFolder)
        switch payload {
        case .script(let text, let arguments):
            writer.put(true)
            writer.put(text)
            writer.put(arguments) { $0.put($1) }
        case .command(let path, let arguments):
            writer.put(false)
            writer.put(path)
            writer.put(arguments) { $0.put($1) }
        }
        writer.put(environment) { $0.put($1) }
        writer.put(workDirectory)
        writer.put(inputPath)
        writer.put(outputPath)
        writer.put(errorPath) { $0.put($1) }
        writer.put(appendsOutput)
        writer.put(umask)
        writer.put(limits) {
            $0.put($1.resource)
            $0.put($1.soft)
            $0.put($1.hard)
        }
        writer.put(affinity.kernelWords) { $0.put($1) }
        switch timeLimit {
        case .unlimited: writer.put(false)
        case .seconds(let seconds):
            writer.put(true)
            writer.put(seconds)
        }
        writer.put(killWait)
        writer.put(oomScoreAdjustment)
        writer.put(cgroupParent) { $0.put($1) }
        return writer.bytes
    }

    /// Reads what another program of this version encoded.
    init(decoding bytes: [UInt8]) throws(MalformedBytes) {
        var reader = ByteReader(bytes)
        guard try reader.number(UInt16.self) == Self.version else { throw MalformedBytes() }
        attempt = AttemptID(
            job: JobID(rawValue: try reader.number()),
            number: Int(try reader.number(Int64.self))
        )
        stateFolder = try reader.text()
        let isScript = try reader.flag()
        let subject = try reader.text()
        let arguments = try reader.texts()
        payload =
            isScript
            ? .script(subject, arguments: arguments) : .command(path: subject, arguments: arguments)
        environment = try reader.texts()
        workDirectory = try reader.text()
        inputPath = try reader.text()
        outputPath = try reader.text()
        errorPath = try reader.optionalText()
        appendsOutput = try reader.flag()
        umask = try reader.number()
        limits = try reader.list { (reader) throws(MalformedBytes) in
            JobDescription.ResourceLimit(
                resource: try reader.number(),
                soft: try reader.number(),
                hard: try reader.number()
            )
        }
        affinity = CPUSet(
            kernelWords: try reader.list { (reader) throws(MalformedBytes) in
                try reader.number(UInt.self)
            }
        )
        timeLimit = try reader.flag() ? .seconds(try reader.number()) : .unlimited
        killWait = try reader.number()
        oomScoreAdjustment = try reader.number()
        cgroupParent = try reader.optionalText()
        try reader.finish()
    }
}
