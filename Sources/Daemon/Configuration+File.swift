internal import JobModel
internal import Placement
internal import Planner
internal import TOMLKit

extension Configuration {
    /// Reads a configuration file's text (toml.io).
    ///
    /// - Parameter file: its name, for messages.
    /// - Throws: ``ConfigurationError`` with the line where it is known, the key, and what would be
    ///   right.
    public init(text: String, file: String) throws {
        self.init()
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigurationError(
                file,
                line: error.source.begin.line,
                "is not TOML: \(error.description)"
            )
        }
        for key in table.keys {
            guard let value = table[key] else { continue }
            let entry = ConfigurationEntry(
                file: file,
                line: Self.line(of: key, in: text),
                key: key,
                value: value
            )
            try set(entry)
        }
        try settleScheme(table, file: file, text: text)
    }

    /// The policy and what belongs to it, which have to go together.
    private mutating func settleScheme(_ table: TOMLTable, file: String, text: String) throws {
        func entry(_ key: String) -> ConfigurationEntry? {
            table[key].map {
                let line = Self.line(of: key, in: text)
                return ConfigurationEntry(file: file, line: line, key: key, value: $0)
            }
        }
        let policy = try entry("policy").map { try $0.choice(of: Policy.self) }
        let backfill = try entry("backfill").map { try $0.choice(of: Backfill.Kind.self) }
        // What fills all gaps anyway is not to need a second key.
        let standard: Backfill.Kind = policy == .greedy ? .none : .easy
        let parts = (
            backfill: try Self.backfill(backfill ?? standard, entry),
            preemption: try Self.preemption(entry), weights: try Self.weights(entry),
            wait: try entry("max_wait").flatMap { try $0.bound() }
        )
        do throws(SchemeError) {
            scheme = try Scheme(
                policy ?? .multifactor,
                backfill: parts.backfill,
                preemption: parts.preemption,
                weights: parts.weights,
                maximumWait: parts.wait
            )
        } catch {
            throw ConfigurationError(file, line: Self.line(of: "backfill", in: text), "\(error)")
        }
    }

    private mutating func set(_ entry: ConfigurationEntry) throws {
        switch entry.key {
        case "unit":
            switch try entry.string("\"core\" or \"thread\"") {
            case "core": unit = .core
            case "thread": unit = .thread
            default: throw entry.expected("\"core\" or \"thread\"")
            }
        case "core_spec_cpus":
            let words = "a list of CPUs, such as \"0-1,8\""
            reservedCPUs = try entry.parsed(words) { try CPUSet(parsing: $0) }
        case "mem_spec_limit": reservedMemory = try entry.memory()
        case "def_mem_per_cpu": defaultMemoryPerCPU = try entry.memory()
        case "kill_wait": killWait = try entry.seconds()
        case "default_time":
            let words = "a time limit, such as \"30\" (minutes), \"1:00:00\" or \"unlimited\""
            defaultTime = try entry.parsed(words) { try TimeLimit(parsing: $0) }
        case let key where Self.schemeKeys.contains(key): break  // They are settled together.
        case "predict_run_times": predictsRunTimes = try entry.boolean()
        case "job_requeue": requeuesJobs = try entry.boolean()
        case "oom_score_adj":
            oomScoreAdjustment = Int32(try entry.integer(in: -1000...1000))
        case "gpu": gpus = try entry.gpus()
        default:
            let near = Self.keys.first { $0.hasPrefix(entry.key.prefix(4)) }
            throw ConfigurationError(
                entry.file,
                line: entry.line,
                "there is no key '\(entry.key)'"
                    + (near.map { "; did you mean '\($0)'?" }
                        ?? "; the keys are \(Self.keys.joined(separator: ", "))")
            )
        }
    }

    /// The keys that there are.
    static let keys =
        [
            "unit", "core_spec_cpus", "mem_spec_limit", "def_mem_per_cpu", "kill_wait",
            "default_time",
        ] + schemeKeys + ["predict_run_times", "job_requeue", "oom_score_adj", "gpu"]

    /// The parser tells where a mistake of syntax stands, but not where a value does.
    private static func line(of key: String, in text: String) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let index = lines.firstIndex { line in
            let start = line.drop { $0 == " " || $0 == "\t" || $0 == "[" }
            guard start.hasPrefix(key) else { return false }
            let next = start.dropFirst(key.count).first { $0 != " " && $0 != "\t" }
            return next == "=" || next == "]"
        }
        return index.map { $0 + 1 }
    }
}

/// One key of the file, with what is needed to tell a mistake in it.
struct ConfigurationEntry {
    let file: String
    let line: Int?
    let key: String
    let value: any TOMLValueConvertible

    func expected(_ words: String) -> ConfigurationError {
        ConfigurationError(file, line: line, "\(key): \(words) is expected, not \(shown)")
    }

    private var shown: String {
        value.string.map { "\"\($0)\"" } ?? value.debugDescription
    }

    func string(_ words: String) throws -> String {
        guard let text = value.string else { throw expected(words) }
        return text
    }

    func boolean() throws -> Bool {
        guard let answer = value.bool else { throw expected("true or false") }
        return answer
    }

    func integer(in range: ClosedRange<Int>) throws -> Int {
        guard let number = value.int, range.contains(number) else {
            throw expected("a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice<Value: RawRepresentable<String> & CaseIterable>(of: Value.Type) throws -> Value {
        let words = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        guard let value = Value(rawValue: try string(words)) else { throw expected(words) }
        return value
    }

    func parsed<Result>(_ words: String, _ parse: (ByteString) throws -> Result) throws -> Result {
        do {
            return try parse(ByteString(try string(words)))
        } catch is ParseError {
            throw expected(words)
        }
    }

    func memory() throws -> MemorySize {
        try parsed("an amount of memory, such as \"4G\"") { try MemorySize(parsing: $0) }
    }

    /// Seconds as a number, or as text with a unit: `30`, `"30s"`, `"2min"`, `"1h"`.
    func seconds() throws -> Int64 {
        let words = "a time such as \"30s\", \"2min\" or \"1h\""
        if let number = value.int, number >= 0 { return Int64(number) }
        guard let text = value.string else { throw expected(words) }
        let digits = text.prefix { $0.isNumber }
        let units: [Substring: Int64] = ["": 1, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600]
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int64(digits), number < 1_000_000_000, let factor = units[unit] else {
            throw expected(words)
        }
        return number * factor
    }
}
