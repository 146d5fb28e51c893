public import JobModel
internal import SQLite

/// What a job runs and with what around it, as it was submitted.
public struct LaunchMaterial: Sendable {
    /// The script's copy; nil for a command.
    public var script: ByteString?
    /// For a script its argument vector, for a command its absolute path and then the vector.
    public var arguments: [ByteString]
    /// `NAME=value` each.
    public var environment: [ByteString]
    /// The limits of the submitting process.
    public var limits: [JobDescription.ResourceLimit]
    /// The folder that it starts in.
    public var workDirectory: ByteString
    /// The patterns of its files; nil for the default.
    public var inputPattern: ByteString?
    /// `-o`.
    public var outputPattern: ByteString?
    /// `-e`.
    public var errorPattern: ByteString?
    /// Whether its files are added to.
    public var appendsOutput: Bool
    /// The file mode mask.
    public var umask: UInt32
    /// The array that it was submitted as; nil for a single job.
    public var array: ArrayFacts?

    /// What it runs: the script's name as given or the command's absolute path, then the arguments.
    public var command: [ByteString] {
        script == nil ? Array(arguments.prefix(1) + arguments.dropFirst(2)) : arguments
    }

    /// Absolute path of standard output.
    public func outputPath(_ context: OutputPattern.Context) -> ByteString {
        let standard = context.array == nil ? OutputPattern.standard : .standardOfArray
        return absolute((outputPattern.map(OutputPattern.init) ?? standard).expand(context))
    }

    /// Absolute path of standard error; nil where it goes to the output's file.
    public func errorPath(_ context: OutputPattern.Context) -> ByteString? {
        errorPattern.map { absolute(OutputPattern($0).expand(context)) }
    }

    /// Absolute path of standard input.
    public func inputPath(_ context: OutputPattern.Context) -> ByteString {
        inputPattern.map { absolute(OutputPattern($0).expand(context)) } ?? "/dev/null"
    }

    private func absolute(_ path: ByteString) -> ByteString {
        if path.bytes.first == UInt8(ascii: "/") { return path }
        return ByteString(workDirectory.bytes + [UInt8(ascii: "/")] + path.bytes)
    }
}

extension QueueStore {
    /// What a claim's `spec` stands for.
    public func launchMaterial(_ spec: Int64) throws -> LaunchMaterial {
        let found = try db.first(
            """
            SELECT script, arguments, environment, limits, work_dir, input, output, error, append,
                umask, array
            FROM spec WHERE id = ?1
            """,
            .integer(spec)
        ) { row in
            LaunchMaterial(
                script: try row.optionalInteger(0).map { ByteString(try content(ofBlob: $0)) },
                arguments: ByteList.decode(try content(ofBlob: row.integer(1))),
                environment: ByteList.decode(try content(ofBlob: row.integer(2))),
                limits: LimitList.decode(try content(ofBlob: row.integer(3))),
                workDirectory: ByteString(row.bytes(4)),
                inputPattern: row.optionalBytes(5).map(ByteString.init(_:)),
                outputPattern: row.optionalBytes(6).map(ByteString.init(_:)),
                errorPattern: row.optionalBytes(7).map(ByteString.init(_:)),
                appendsOutput: row.bool(8),
                umask: UInt32(row.integer(9)),
                array: row.optionalText(10).flatMap(ArrayFacts.init(of:))
            )
        }
        guard let found else { throw QueueError.damaged("the specification \(spec) of a job") }
        return found
    }
}
