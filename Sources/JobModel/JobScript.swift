/// A batch script: a file that starts with `#!`, perhaps with options in `#SBATCH` lines.
public struct JobScript: Hashable, Sendable {
    /// The size above which a script is refused: 4 MiB, as Slurm's max_script_size.
    public static let largestSize = 4 * 1_024 * 1_024

    /// What stands in the file.
    public let content: ByteString

    /// A script with this content.
    ///
    /// - Throws: why Slurm would not take it either: empty, without `#!`, with lines that end in a
    ///   carriage return, or larger than ``largestSize``.
    public init(_ content: ByteString) throws(ScriptError) {
        let bytes = content.bytes
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.largestSize else { throw .tooLarge }
        guard Self.startsLikeScript(bytes) else { throw .noInterpreter }
        if let line = Self.firstDOSLine(of: bytes) { throw .dosLineBreak(line: line) }
        self.content = content
    }

    /// The script that `--wrap` makes of a shell line.
    public init(wrapping line: ByteString) {
        let head = "#!/bin/sh\n# This script was made by submit --wrap.\n\n"
        content = ByteString(Array(head.utf8) + line.bytes + [UInt8(ascii: "\n")])
    }

    /// Whether a file that starts with these bytes is a script.
    public static func startsLikeScript(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.starts(with: "#!".utf8)
    }

    /// A word of an `#SBATCH` line.
    public struct Word: Hashable, Sendable {
        /// The word without its quotes.
        public var text: ByteString
        /// The number of its line, from 1.
        public var line: Int

        /// A word on a line.
        public init(text: ByteString, line: Int) {
            self.text = text
            self.line = line
        }
    }

    /// The words of the `#SBATCH` lines.
    ///
    /// Lines are read up to the first that is neither blank nor starts with `#`; `#SBATCH` counts
    /// in column 0 only. Words are cut at blanks; `"…"` and `'…'` keep them together, a backslash
    /// keeps a quote; an unquoted `#` starts a comment.
    ///
    /// - Throws: the line on which a quote is not closed.
    public func optionWords() throws(ScriptError) -> [Word] {
        var words: [Word] = []
        var number = 0
        var rest = content.bytes[...]
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = rest[..<end]
            rest = rest[end...].dropFirst()
            guard line.first == UInt8(ascii: "#") else {
                if line.allSatisfy(\.isBlank) { continue }
                break
            }
            guard line.starts(with: Self.mark) else { continue }
            var reader = ByteReader(line.dropFirst(Self.mark.count))
            while let word = try Self.word(reading: &reader, line: number) {
                words.append(Word(text: word, line: number))
            }
        }
        return words
    }

    private static let mark = Array("#SBATCH".utf8)

    /// The next word of a line; nil where there is none any more.
    private static func word(
        reading reader: inout ByteReader,
        line: Int
    ) throws(ScriptError) -> ByteString? {
        _ = reader.take { $0.isBlank }
        guard let next = reader.next, next != UInt8(ascii: "#") else { return nil }
        var word: [UInt8] = []
        var quote: UInt8?
        while let byte = reader.next {
            if quote == nil && (byte.isBlank || byte == UInt8(ascii: "#")) { break }
            _ = reader.take()
            if byte == UInt8(ascii: "\\") {
                // A backslash before a blank does not join words outside quotes.
                if quote == nil && (reader.next?.isBlank ?? true) { continue }
                if let escaped = reader.take() { word.append(escaped) }
            } else if byte == quote {
                quote = nil
            } else if quote == nil && (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")) {
                quote = byte
            } else {
                word.append(byte)
            }
        }
        if let quote { throw .openQuote(Unicode.Scalar(quote), line: line) }
        return ByteString(word)
    }

    private static func firstDOSLine(of bytes: [UInt8]) -> Int? {
        var rest = bytes[...]
        var line = 0
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line += 1
            if rest[..<end].last == UInt8(ascii: "\r") { return line }
            rest = rest[(end + 1)...]
        }
        return nil
    }
}

/// Why a batch script is refused.
public enum ScriptError: Error, Hashable, Sendable {
    /// There is not a byte in it.
    case empty
    /// It is larger than ``JobScript/largestSize``.
    case tooLarge
    /// Its first line does not start with `#!`.
    case noInterpreter
    /// This line ends in a carriage return and a line feed.
    case dosLineBreak(line: Int)
    /// A quote that is not closed on this `#SBATCH` line.
    case openQuote(Unicode.Scalar, line: Int)
}

extension ScriptError: CustomStringConvertible {
    /// What is wrong, to stand behind the file's name: `is empty; …`.
    public var description: String {
        switch self {
        case .empty:
            "is empty; a batch script starts with #! and an interpreter, such as #!/bin/sh"
        case .tooLarge:
            "is larger than \(JobScript.largestSize >> 20) MiB, the most that a batch script may have; "
                + "keep data in files of their own"
        case .noInterpreter:
            "does not start with #!; a batch script's first line names its interpreter, "
                + "such as #!/bin/sh"
        case .dosLineBreak(let line):
            "line \(line): ends in CR LF; convert the file to LF line ends, "
                + "for example with sed -i 's/\\r$//'"
        case .openQuote(let quote, let line):
            "line \(line): a \(quote) is not closed; quote the value on one line"
        }
    }
}
