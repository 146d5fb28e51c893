/// The name of an input or output file, with marks that stand for things of the job.
public struct OutputPattern: Hashable, Sendable {
    /// The pattern as it was given; a relative one starts in the job's folder.
    public var pattern: ByteString

    /// A pattern.
    public init(_ pattern: ByteString) {
        self.pattern = pattern
    }

    /// Slurm's output file of a single job.
    public static var standard: OutputPattern { OutputPattern("slurm-%j.out") }
    /// Slurm's output file of an array's task.
    public static var standardOfArray: OutputPattern { OutputPattern("slurm-%A_%a.out") }

    /// What the marks stand for.
    public struct Context: Sendable {
        /// The job's id; for an array's task, the task's own.
        public var job: JobID
        /// The array's id; nil for a single job.
        public var array: JobID?
        /// The task's index; nil for a single job.
        public var taskIndex: Int?
        /// The job's name.
        public var jobName: ByteString
        /// The name of the job's user.
        public var userName: ByteString
        /// The machine's name up to the first full stop.
        public var hostName: ByteString

        /// The things of one job.
        public init(
            job: JobID,
            array: JobID? = nil,
            taskIndex: Int? = nil,
            jobName: ByteString,
            userName: ByteString,
            hostName: ByteString
        ) {
            self.job = job
            self.array = array
            self.taskIndex = taskIndex
            self.jobName = jobName
            self.userName = userName
            self.hostName = hostName
        }
    }

    /// The most digits to which a number is padded.
    private static let widestPadding = 10
    /// What `%a` gives without an array: Slurm's NO_VAL.
    private static let noTaskIndex = 4_294_967_294

    /// The file's name for one job: `%j %A %a %J %N %n %s %t %u %x %%` replaced.
    ///
    /// A number between `%` and the letter pads numbers with zeros. What is no mark stays. Any
    /// backslash in the pattern takes away the meaning of all marks, and is taken out itself
    /// (sbatch(1), FILENAME PATTERN).
    public func expand(_ context: Context) -> ByteString {
        guard !pattern.bytes.contains(UInt8(ascii: "\\")) else { return withoutBackslashes }
        var reader = ByteReader(pattern)
        var name: [UInt8] = []
        while true {
            name += reader.take { $0 != UInt8(ascii: "%") }
            guard reader.take("%") else { return ByteString(name) }
            let digits = reader.take { $0.isDigit }
            guard let letter = reader.take() else {
                return ByteString(name + [UInt8(ascii: "%")] + digits)
            }
            if let number = Self.number(for: letter, in: context) {
                var padding = ByteReader(digits)
                let width = Int(padding.takeNumber() ?? (digits.isEmpty ? 0 : .max))
                let text = Array(String(number).utf8)
                let zeros = Swift.min(width, Self.widestPadding) - text.count
                name += Array(repeating: UInt8(ascii: "0"), count: Swift.max(zeros, 0)) + text
            } else if let text = Self.text(for: letter, in: context) {
                name += text
            } else {
                name += [UInt8(ascii: "%")] + digits + [letter]
            }
        }
    }

    private var withoutBackslashes: ByteString {
        var reader = ByteReader(pattern)
        var name: [UInt8] = []
        while let byte = reader.take() {
            if byte != UInt8(ascii: "\\") {
                name.append(byte)
            } else if let escaped = reader.take() {
                name.append(escaped)
            }
        }
        return ByteString(name)
    }

    private static func number(for letter: UInt8, in context: Context) -> Int? {
        switch letter {
        case UInt8(ascii: "j"), UInt8(ascii: "J"): Int(context.job.rawValue)
        case UInt8(ascii: "A"): Int((context.array ?? context.job).rawValue)
        case UInt8(ascii: "a"): context.taskIndex ?? noTaskIndex
        // Node and task numbers: a batch script is the only task, on the only node.
        case UInt8(ascii: "n"), UInt8(ascii: "t"): 0
        default: nil
        }
    }

    private static func text(for letter: UInt8, in context: Context) -> [UInt8]? {
        switch letter {
        case UInt8(ascii: "N"): context.hostName.bytes
        case UInt8(ascii: "s"): Array("batch".utf8)
        case UInt8(ascii: "u"): context.userName.bytes
        case UInt8(ascii: "x"): context.jobName.bytes
        case UInt8(ascii: "%"): [UInt8(ascii: "%")]
        default: nil
        }
    }
}
