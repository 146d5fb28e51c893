/// A text that is not what it should be: the text, and what would be right.
public struct ParseError: Error, Hashable, Sendable {
    /// The text as it was given.
    public var value: ByteString
    /// What would be right.
    public var expectation: Expectation

    /// A refusal of a text.
    public init(_ value: ByteString, _ expectation: Expectation) {
        self.value = value
        self.expectation = expectation
    }

    /// What a text should have been.
    public enum Expectation: Hashable, Sendable {
        /// A ``TimeLimit``.
        case timeLimit
        /// A ``MemorySize``.
        case memorySize
        /// A whole number in this range.
        case number(ClosedRange<Int64>)
        /// An ``ArraySpecification``.
        case arrayIndices
        /// An array index that is not over ``ArrayIndexSet/largestIndex``.
        case arrayIndexInRange
        /// Array indices that merge into no more than so many ranges.
        case arrayRanges(atMost: Int)
        /// A ``Dependency``.
        case dependency
        /// A ``JobReference``.
        case jobReference
        /// A ``JobStateFilter``.
        case jobState
        /// A ``CPUSet``.
        case cpuList
        /// An ``Allocation``.
        case allocation
        /// A ``GPURequest`` as `--gpus` has it.
        case gpus
        /// A ``GPURequest`` as `--gres` has it.
        case genericResource
        /// The one generic resource that there is.
        case knownGenericResource
        /// A ``Signal``.
        case signal
        /// A listing's format, with one of these letters for each field.
        case format(letters: String)
        /// The order of a listing, by these letters.
        case sortOrder(letters: String)
        /// One of these words.
        case word(of: String)
        /// A list of environment variables.
        case exportRule
        /// Text with something in it.
        case someText
        /// An instant.
        case instant
    }
}

extension ParseError: CustomStringConvertible {
    /// `'12Q' is not a size; use K, M, G or T, such as 12G`.
    ///
    /// Invalid UTF-8 in the value is replaced; control characters are still in it.
    public var description: String { "'\(value.string)' \(expectation.wording)" }
}

extension ParseError.Expectation {
    /// What stands behind the quoted value.
    public var wording: String {
        switch self {
        case .timeLimit:
            "is not a time; use minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S or UNLIMITED, "
                + "such as 1-12:30:00"
        case .memorySize:
            "is not a size; use K, M, G or T, such as 12G"
        case .number(let range) where range.upperBound == .max:
            "is not a whole number of at least \(range.lowerBound)"
        case .number(let range):
            "is not a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .arrayIndices:
            "is not a list of array indices; use N, N-M or N-M:STEP, then %LIMIT, such as 0-9,20%4"
        case .arrayIndexInRange:
            "has an array index over the highest, \(ArrayIndexSet.largestIndex)"
        case .arrayRanges(let most):
            "has array indices in more than \(most) separate ranges; submit them as several arrays"
        case .dependency:
            "is not a dependency; use KIND:ID[:ID...] joined by ',' (all) or '?' (any), "
                + "such as afterok:17,afterany:18"
        case .jobReference:
            "is not a job id; use a number, or array tasks such as 17_4 or 17_[1-3,7]"
        case .jobState:
            "is not a job state; use a name or a code, such as PENDING, R or all"
        case .cpuList:
            "is not a list of CPU numbers; use a list such as 0-3,8"
        case .allocation:
            "is not an allocation; one looks like cpu=0-3 gpu=GPU-1f2e:1000 mem=0:4294967296"
        case .gpus:
            "is not a number of GPUs; use [TYPE:]N, such as 2 or a100:2"
        case .genericResource:
            "is not a generic resource; use gpu[:TYPE][:N], such as gpu:2 or gpu:a100:2"
        case .knownGenericResource:
            "is not a generic resource of this machine; the only one is gpu, such as gpu:2"
        case .signal:
            "is not a signal; use a name or a number, such as TERM or 15"
        case .sortOrder(let letters):
            "is not an order; use letters of \(letters) with commas between, '-' before one to turn "
                + "it round, such as -p,i"
        case .word(let words):
            "is not known here; use \(words)"
        case .exportRule:
            "is not a list of variables; use ALL, NONE, NIL or NAME[=VALUE],..., such as ALL,SEED=7"
        case .instant:
            "is not a time; use now-2hours, today, HH:MM or YYYY-MM-DD[THH:MM[:SS]]"
        case .someText:
            "is empty; give it at least one character"
        case .format(let letters):
            "is not a format; use %[.][WIDTH]LETTER with a letter of \(letters), such as %.8j"
        }
    }
}
