import JobModel

/// What of the submitter's environment a job gets (sbatch(1), `--export`).
struct ExportRule: Equatable, Sendable {
    /// What everything else is added to.
    enum Base: Sendable {
        /// All of the environment.
        case all
        /// Who and where the user is: HOME, LOGNAME, SHELL, USER, and a plain PATH.
        case login
        /// Nothing.
        case empty
    }

    /// A variable that is named.
    enum Entry: Equatable, Sendable {
        /// Taken over from the environment, where it is set.
        case name(ByteString)
        /// Set to a value: `NAME=value`.
        case assignment(ByteString)
    }

    private(set) var base = Base.all
    private(set) var entries: [Entry] = []
    private var isNone = false

    /// All of the environment.
    init() {}

    /// `ALL`, `NONE`, `NIL`, or a list of `NAME` and `NAME=value`, with `ALL` in it or not.
    ///
    /// Quotes keep a comma in a value.
    ///
    /// - Throws: a ``ParseError`` for an empty name.
    init(parsing text: ByteString) throws(ParseError) {
        switch text.string {
        case "NONE":
            base = .login
            isNone = true
            return
        case "NIL":
            base = .empty
            return
        default: break
        }
        base = .login
        for member in Self.members(of: text.bytes) {
            if member.elementsEqual("ALL".utf8) {
                base = .all
                continue
            }
            let name = member.prefix { $0 != UInt8(ascii: "=") }
            guard !name.isEmpty else { throw ParseError(text, .exportRule) }
            let isName = name.count == member.count
            entries.append(isName ? .name(ByteString(member)) : .assignment(ByteString(member)))
        }
    }

    /// The parts between commas that are not quoted, without the quotes.
    private static func members(of bytes: [UInt8]) -> [[UInt8]] {
        var members: [[UInt8]] = [[]]
        var quote: UInt8?
        for byte in bytes {
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if quote == nil, byte == UInt8(ascii: ",") {
                members.append([])
            } else {
                members[members.count - 1].append(byte)
            }
        }
        return members
    }

    /// The job's environment, made of the submitter's.
    ///
    /// What a surrounding job was told about itself (SLURM_*) is never handed on.
    func environment(from caller: [ByteString]) -> [ByteString] {
        var environment: [ByteString] = []
        switch base {
        case .all:
            environment = caller.filter { !$0.bytes.starts(with: "SLURM_".utf8) }
        case .login:
            let names: [ByteString] = ["HOME", "LOGNAME", "SHELL", "USER"]
            environment = caller.filter { variable in names.contains(Self.name(of: variable)) }
            environment.append("PATH=/usr/local/bin:/usr/bin:/bin")
        case .empty: break
        }
        for entry in entries {
            let assignment: ByteString?
            switch entry {
            case .name(let name): assignment = caller.first { Self.name(of: $0) == name }
            case .assignment(let text): assignment = text
            }
            guard let assignment else { continue }
            environment.removeAll { Self.name(of: $0) == Self.name(of: assignment) }
            environment.append(assignment)
        }
        if isNone { environment.append("SLURM_EXPORT_ENV=NONE") }
        return environment
    }

    private static func name(of variable: ByteString) -> ByteString {
        ByteString(Array(variable.bytes.prefix { $0 != UInt8(ascii: "=") }))
    }
}
