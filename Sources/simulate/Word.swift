import CommandLineSupport
import JobModel
import Planner
import Simulation

/// What is chosen by one of a few words.
protocol Word: RawRepresentable<String>, CaseIterable {}

extension Policy: Word {}
extension Backfill.Kind: Word {}
extension ReplayOptions.Estimates: Word {}

extension Word {
    /// The value that a word stands for.
    ///
    /// - Throws: a `ParseError` that lists the words.
    init(parsing text: ByteString) throws(ParseError) {
        guard let value = Self(rawValue: text.string) else {
            let words = Self.allCases.map(\.rawValue)
            let last = words.last.map { " or \($0)" } ?? ""
            throw ParseError(
                text,
                .word(of: words.dropLast().joined(separator: ", ") + last)
            )
        }
        self = value
    }

    /// The values that words with commas between stand for.
    ///
    /// - Throws: a `ParseError` for the first that is none.
    static func list(parsing text: ByteString) throws(ParseError) -> [Self] {
        var values: [Self] = []
        for word in text.members { values.append(try Self(parsing: word)) }
        if values.isEmpty { values.append(try Self(parsing: text)) }
        return values
    }
}
