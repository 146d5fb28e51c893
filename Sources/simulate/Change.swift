import CommandLineSupport
import JobModel
import Planner
import Simulation

/// One thing that is different in a replay: `gpus=+1`, `policy=sjf`.
enum Change: Equatable {
    /// A new amount, or one that is added or taken away.
    struct Amount: Equatable {
        var value: Int64
        var isRelative: Bool

        /// What becomes of an amount; at least so much, and no more than can be counted with.
        func applied(to old: Int64, in range: ClosedRange<Int64>) -> Int64 {
            guard isRelative else { return min(max(value, range.lowerBound), range.upperBound) }
            let (sum, overflows) = old.addingReportingOverflow(value)
            if overflows { return value > 0 ? range.upperBound : range.lowerBound }
            return min(max(sum, range.lowerBound), range.upperBound)
        }
    }

    case cpus(Amount)
    case gpus(Amount)
    case memory(Amount)
    case policy(Policy)
    case backfill(Backfill.Kind)
    case estimates(ReplayOptions.Estimates)
}

extension Change {
    /// The most processors that a machine may have.
    static let mostProcessors: Int64 = 1_000_000_000

    /// Changes with commas between.
    ///
    /// - Throws: a `ParseError` for what is none.
    static func list(parsing text: ByteString) throws(ParseError) -> [Change] {
        var changes: [Change] = []
        for word in text.members { changes.append(try Change(parsing: word)) }
        if changes.isEmpty { throw ParseError(text, .change) }
        return changes
    }

    /// `cpus=`, `gpus=` and `memory=` with a number, `+` or `-` before it to add or take away;
    /// `policy=`, `backfill=` and `estimates=` with a word.
    init(parsing text: ByteString) throws(ParseError) {
        guard let sign = text.bytes.firstIndex(of: UInt8(ascii: "=")) else {
            throw ParseError(text, .change)
        }
        let key = String(decoding: text.bytes[..<sign], as: UTF8.self)
        let value = ByteString(Array(text.bytes[(sign + 1)...]))
        switch key {
        case "cpus": self = .cpus(try Amount(parsing: value, of: text))
        case "gpus": self = .gpus(try Amount(parsing: value, of: text))
        case "memory":
            self = .memory(
                try Amount(of: value) { digits throws(ParseError) in
                    try MemorySize(parsing: digits).bytes
                }
            )
        case "policy": self = .policy(try Policy(parsing: value))
        case "backfill": self = .backfill(try Backfill.Kind(parsing: value))
        case "estimates": self = .estimates(try ReplayOptions.Estimates(parsing: value))
        default: throw ParseError(text, .change)
        }
    }
}

extension Change.Amount {
    fileprivate init(parsing value: ByteString, of text: ByteString) throws(ParseError) {
        try self.init(of: value) { digits throws(ParseError) in
            guard let number = try? Int64(parsing: digits, in: 0...Change.mostProcessors) else {
                throw ParseError(text, .change)
            }
            return number
        }
    }

    fileprivate init(
        of value: ByteString,
        _ read: (ByteString) throws(ParseError) -> Int64
    ) throws(ParseError) {
        let sign = value.bytes.first
        isRelative = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        let magnitude = try read(isRelative ? ByteString(Array(value.bytes.dropFirst())) : value)
        self.value = sign == UInt8(ascii: "-") ? -magnitude : magnitude
    }
}
