internal import CLinux
internal import Glibc
public import JobModel
internal import Synchronization

/// getopt_long(3) keeps its place in variables of the whole process.
private let placeOfGetopt = Mutex<Void>(())

extension OptionList {
    /// Reads a command line up to its first operand, or to its end where options and operands are
    /// mixed, as getopt_long(3) does.
    ///
    /// - Parameter arguments: the words behind the program's name.
    /// - Throws: the first option that is unknown, ambiguous or lacks its argument.
    public func read(_ arguments: [ByteString]) throws(OptionError) -> OptionReading {
        try read(arguments) { _ in .commandLine }
    }

    /// Reads the words of a script's `#SBATCH` lines, among which no operand may stand.
    ///
    /// - Parameter script: the script's name, for messages.
    /// - Throws: the first option that is wrong, with its line.
    public func read(
        _ words: [JobScript.Word],
        of script: ByteString
    ) throws(OptionError) -> [OptionSetting] {
        let reading = try read(words.map(\.text)) { position in
            let last = Swift.min(position, words.count - 1)
            return .script(script, line: words[last].line)
        }
        guard let operand = reading.operands.first else { return reading.settings }
        let position = words.count - reading.operands.count
        throw OptionError(.script(script, line: words[position].line), .strayWord(operand))
    }

    /// - Parameter origin: where the word of an index stands.
    private func read(
        _ arguments: [ByteString],
        origin: (Int) -> OptionError.Origin
    ) throws(OptionError) -> OptionReading {
        try placeOfGetopt.withLock { _ throws(OptionError) in
            try readLocked(arguments, origin: origin)
        }
    }

    private func readLocked(
        _ arguments: [ByteString],
        origin: (Int) -> OptionError.Origin
    ) throws(OptionError) -> OptionReading {
        let words = WordList(arguments)
        var reading = OptionReading()
        var isFirst = true
        while true {
            let found = words.next(letters: letters, options: longOptions, isFirst: isFirst)
            isFirst = false
            let position = Swift.max(found.next - 2, 0)
            switch found.code {
            case -1:
                reading.operands += arguments.dropFirst(found.next - 1)
                return reading
            case Self.operand:
                reading.operands.append(found.argument ?? "")
            case CInt(UInt8(ascii: "?")), CInt(UInt8(ascii: ":")):
                throw OptionError(
                    origin(position),
                    problem(found, word: arguments[position])
                )
            case Self.firstQuestion...:
                guard reading.question == nil else { continue }
                reading.question = question(found)
            default:
                guard let index = index(of: found.code) else {
                    reading.question = found.code == CInt(UInt8(ascii: "h")) ? .help : .version
                    continue
                }
                reading.settings.append(
                    OptionSetting(
                        index: index,
                        argument: found.argument,
                        origin: origin(position)
                    )
                )
            }
        }
    }

    /// The place of an option; nil for the letters of the questions.
    private func index(of code: CInt) -> Int? {
        if code >= Self.firstLong { return Int(code - Self.firstLong) }
        return options.firstIndex { $0.letter?.value == UInt32(code) }
    }

    /// What getopt_long returns for an operand between options.
    private static var operand: CInt { 1 }
    /// What getopt_long returns for the first long option; letters are below.
    private static var firstLong: CInt { 0x100 }
    /// And for the questions that every program answers.
    private static var firstQuestion: CInt { 0x10000 }
    private static var questions: [(StaticString, CInt)] {
        [("help", no_argument), ("version", no_argument), ("completion", required_argument)]
    }

    private func question(_ found: WordList.Found) -> OptionReading.Question {
        switch found.code - Self.firstQuestion {
        case 0: .help
        case 1: .version
        default: .completion(found.argument ?? "")
        }
    }

    /// Options end at the first operand (`+`) or go on behind it (`-`); a missing argument is told
    /// apart (`:`).
    private var letters: [CChar] {
        let order = mixesOperands ? UInt8(ascii: "-") : UInt8(ascii: "+")
        var letters: [CChar] = [CChar(order), CChar(UInt8(ascii: ":"))]
        for option in options {
            guard let letter = option.letter else { continue }
            letters.append(CChar(truncatingIfNeeded: letter.value))
            switch option.argument {
            case .none: break
            case .required: letters.append(CChar(UInt8(ascii: ":")))
            case .optional: letters += [CChar(UInt8(ascii: ":")), CChar(UInt8(ascii: ":"))]
            }
        }
        // The questions' letters, where the program has no other use for them; getopt takes the
        // first that it finds.
        return letters + [CChar(UInt8(ascii: "h")), CChar(UInt8(ascii: "V")), 0]
    }

    private var longOptions: [option] {
        var list: [option] = []
        list.reserveCapacity(options.count + Self.questions.count + 1)
        for (index, option) in options.enumerated() {
            let hasArgument =
                switch option.argument {
                case .none: no_argument
                case .required: required_argument
                case .optional: optional_argument
                }
            list.append(Self.long(option.name, hasArgument, Self.firstLong + CInt(index)))
        }
        for (index, question) in Self.questions.enumerated() {
            list.append(Self.long(question.0, question.1, Self.firstQuestion + CInt(index)))
        }
        list.append(unsafe option(name: nil, has_arg: 0, flag: nil, val: 0))
        return list
    }

    private static func long(_ name: StaticString, _ hasArgument: CInt, _ code: CInt) -> option {
        unsafe option(name: name.cString, has_arg: hasArgument, flag: nil, val: code)
    }

    // MARK: - Mistakes

    private func problem(_ found: WordList.Found, word: ByteString) -> OptionError.Problem {
        let isLong = word.bytes.starts(with: "--".utf8)
        let letter = UInt8(truncatingIfNeeded: found.subject)
        let spelling =
            isLong
            ? ByteString(Array(word.bytes.prefix { $0 != UInt8(ascii: "=") }))
            : ByteString([UInt8(ascii: "-"), letter])
        if found.code == CInt(UInt8(ascii: ":")) { return .missingArgument(option: spelling) }
        guard isLong else {
            let isKnown = unsupported().contains { $0.letter?.value == UInt32(letter) }
            return isKnown ? .unsupported(spelling) : .unknown(spelling, nearest: nil)
        }
        if found.subject >= Self.firstLong { return .superfluousArgument(option: spelling) }
        let name = String(decoding: spelling.bytes.dropFirst(2), as: UTF8.self)
        let names = options.map(\.name.description) + Self.questions.map(\.0.description)
        let candidates = names.filter { $0.hasPrefix(name) }
        if candidates.count > 1 { return .ambiguous(spelling, candidates: candidates) }
        if unsupported().contains(where: { $0.name.description == name }) {
            return .unsupported(spelling)
        }
        return .unknown(spelling, nearest: NearMiss.of(name, among: names))
    }
}

/// Words in the form in which getopt_long(3) reads them.
private final class WordList {
    struct Found {
        let code: CInt
        let subject: CInt
        let next: Int
        let argument: ByteString?
    }

    private let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>

    /// A list whose first word, the program's name, is empty.
    init(_ words: [ByteString]) {
        unsafe pointers = .allocate(capacity: words.count + 2)
        unsafe pointers.initialize(repeating: nil)
        unsafe pointers[0] = strdup("")
        for (index, word) in words.enumerated() {
            unsafe pointers[index + 1] = word.bytes.withUnsafeBytes { bytes in
                let copy = calloc(bytes.count + 1, 1)
                if let source = bytes.baseAddress {
                    unsafe copy?.copyMemory(from: source, byteCount: bytes.count)
                }
                return copy?.assumingMemoryBound(to: CChar.self)
            }
        }
    }

    deinit {
        for pointer in unsafe pointers { unsafe free(pointer) }
        unsafe pointers.deallocate()
    }

    func next(letters: [CChar], options: [option], isFirst: Bool) -> Found {
        let found = unsafe clinux_next_option(
            CInt(pointers.count - 1),
            pointers.baseAddress,
            letters,
            options,
            isFirst ? 1 : 0
        )
        return Found(
            code: found.code,
            subject: found.subject,
            next: Int(found.next),
            argument: unsafe found.argument.map { unsafe ByteString(cString: $0) }
        )
    }
}
