/// What is wrong with a line of a trace.
public enum BadLine: Error, Hashable, Sendable {
    /// It has so many fields, fewer than 18.
    case fields(Int)
    /// This field, counted from 1, is no number.
    case notANumber(field: Int)
    /// This field, counted from 1, is a number that nobody can mean.
    case tooLarge(field: Int)
    /// It goes on for more than a line of 18 numbers can.
    case tooLong
}

extension BadLine: CustomStringConvertible {
    /// What follows "line 17", such as `has 5 fields; a job has 18`.
    public var description: String {
        switch self {
        case .fields(let count): "has \(count) field\(count == 1 ? "" : "s"); a job has 18"
        case .notANumber(let field): "has no number as its field \(field)"
        case .tooLarge(let field): "has a number beyond all reason as its field \(field)"
        case .tooLong: "is longer than 18 numbers can be"
        }
    }
}

extension TraceRecord {
    /// The fields that a line needs.
    ///
    /// Those behind the user's number say nothing that counts here, and there are writers that
    /// leave them out.
    static let fewestFields = 12

    /// The largest number that a field of a record may hold, in either direction: as seconds,
    /// some 30,000 years.
    static let largestNumber: Int64 = 1_000_000_000_000

    /// The longest run time, in seconds: 68 years.
    static let longestRunTime = Int64(Int32.max) - 1

    /// The record in a line: numbers with blanks between, cut to integers.
    ///
    /// - Throws: ``BadLine``.
    init(parsing line: Span<UInt8>) throws(BadLine) {
        self.init(
            number: -1,
            submit: -1,
            runTime: -1,
            allocatedProcessors: -1,
            requestedProcessors: -1,
            requestedTime: -1,
            user: -1
        )
        var position = 0
        var field = 0
        while let start = Self.fieldStart(in: line, from: position) {
            field += 1
            var number = TraceNumber(in: line, at: start)
            position = number.end
            guard number.isWhole || number.readSlowly(in: line, from: start) else {
                throw .notANumber(field: field)
            }
            try set(field, number.value)
        }
        guard field >= Self.fewestFields else { throw .fields(field) }
    }

    private static func fieldStart(in line: Span<UInt8>, from start: Int) -> Int? {
        var position = start
        while position < line.count, line[position].isBlank { position += 1 }
        return position < line.count ? position : nil
    }

    private mutating func set(_ field: Int, _ value: Int64) throws(BadLine) {
        switch field {
        case 1: number = value
        case 2: submit = value
        case 4: runTime = value
        case 5: allocatedProcessors = value
        case 8: requestedProcessors = value
        case 9: requestedTime = value
        case 12: user = value
        default: return
        }
        let largest = field == 4 ? Self.longestRunTime : Self.largestNumber
        guard value.magnitude <= largest.magnitude else {
            throw .tooLarge(field: field)
        }
    }
}

/// A number of a trace, cut to an integer; what 64 bits cannot count is the largest they can.
struct TraceNumber {
    /// The integer.
    private(set) var value: Int64 = 0
    /// Where the field ends.
    private(set) var end: Int
    /// Whether the field was digits alone, perhaps with a sign, and is read.
    private(set) var isWhole = false

    /// Reads a field of few digits, as nearly all are.
    init(in line: Span<UInt8>, at start: Int) {
        var position = start
        let isNegative = line[position] == UInt8(ascii: "-")
        if isNegative || line[position] == UInt8(ascii: "+") { position += 1 }
        let firstDigit = position
        while position < line.count {
            let digit = line[position] &- UInt8(ascii: "0")
            guard digit < 10, position - firstDigit < 18 else { break }
            value = value * 10 + Int64(digit)
            position += 1
        }
        isWhole = position > firstDigit && (position == line.count || line[position].isBlank)
        while position < line.count, !line[position].isBlank { position += 1 }
        end = position
        if isNegative { value = -value }
    }

    /// Reads a field with a point, an exponent or many digits; false where it is no number.
    mutating func readSlowly(in line: Span<UInt8>, from start: Int) -> Bool {
        guard end - start <= 400 else { return false }
        var text = ""
        for position in start..<end {
            let scalar = Unicode.Scalar(line[position])
            guard "0"..."9" ~= scalar || "+-.eE".unicodeScalars.contains(scalar) else {
                return false
            }
            text.unicodeScalars.append(scalar)
        }
        guard let number = Double(text) else { return false }
        value = Int64(exactly: number.rounded(.towardZero)) ?? (number < 0 ? -.max : .max)
        return true
    }
}

extension UInt8 {
    /// Whether it stands between fields: a space or a control such as tab or carriage return.
    var isBlank: Bool {
        self == UInt8(ascii: " ") || self &- 0x09 < 5
    }
}
