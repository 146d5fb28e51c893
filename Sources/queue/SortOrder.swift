import CommandLineSupport
import JobModel
import QueueStore

/// By what a listing is sorted (squeue(1), `--sort`).
struct SortOrder: Sendable {
    /// The letters that there are; they are those of ``JobColumns``.
    static let letters = "CeijlMpQStTuUV"

    private var keys: [(letter: UInt8, isReversed: Bool)] = []

    /// Letters with commas between, `-` before one that is to be turned round.
    ///
    /// - Throws: a ``ParseError`` for any other letter.
    init(parsing text: ByteString) throws(ParseError) {
        for word in text.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        {
            var letters = word
            let isReversed = letters.first == UInt8(ascii: "-")
            if isReversed || letters.first == UInt8(ascii: "+") { letters.removeFirst() }
            guard letters.count == 1, let letter = letters.first,
                Self.letters.utf8.contains(letter)
            else { throw ParseError(text, .sortOrder(letters: Self.letters)) }
            keys.append((letter, isReversed))
        }
    }

    /// Sorts jobs; those that are alike keep their order.
    func sort(_ jobs: [JobRecord], now: Timestamp) -> [JobRecord] {
        let places = jobs.indices.sorted { left, right in
            for key in keys {
                let (first, second) = key.isReversed ? (right, left) : (left, right)
                let order = compare(jobs[first], jobs[second], key.letter, now)
                if order != 0 { return order < 0 }
            }
            return left < right
        }
        return places.map { jobs[$0] }
    }

    /// Below 0 where the left one goes first, above 0 where the right one does.
    private func compare(
        _ left: JobRecord,
        _ right: JobRecord,
        _ letter: UInt8,
        _ now: Timestamp
    ) -> Int {
        switch Unicode.Scalar(letter) {
        case "C": compare(left.request.cpus, right.request.cpus)
        case "e": compare(left.expectedEnd, right.expectedEnd)
        case "i":
            compare(
                ((left.array ?? left.id).rawValue, left.taskIndex ?? -1),
                ((right.array ?? right.id).rawValue, right.taskIndex ?? -1)
            )
        case "j": compare(left.name.string, right.name.string)
        case "l": compare(left.timeLimit?.finiteSeconds, right.timeLimit?.finiteSeconds)
        case "M": compare(left.elapsedMicroseconds(at: now), right.elapsedMicroseconds(at: now))
        case "p", "Q": compare(left.priority, right.priority)
        case "S": compare(left.started ?? left.expectedStart, right.started ?? right.expectedStart)
        case "t", "T": compare(left.state.place, right.state.place)
        case "u": compare(left.user, right.user)
        case "U": compare(left.uid, right.uid)
        default: compare(left.submitted, right.submitted)
        }
    }

    private func compare<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    private func compare(_ left: (Int64, Int), _ right: (Int64, Int)) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    /// What is not known comes last.
    private func compare<Value: Comparable>(_ left: Value?, _ right: Value?) -> Int {
        switch (left, right) {
        case (let left?, let right?): compare(left, right)
        case (_?, nil): -1
        case (nil, _?): 1
        case (nil, nil): 0
        }
    }
}

extension TimeLimit {
    /// The seconds of a limit; nil for none.
    fileprivate var finiteSeconds: Int64? {
        if case .seconds(let seconds) = self { seconds } else { nil }
    }
}

extension JobState {
    /// Its place in the order of a job's life.
    fileprivate var place: Int { JobState.allCases.firstIndex(of: self) ?? 0 }
}
