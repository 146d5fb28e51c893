/// A set of CPU numbers, as the kernel counts hardware threads.
public struct CPUSet: Hashable, Sendable {
    /// 64 CPUs a word, the lowest first; the last word is never 0.
    private var words: [UInt64] = []

    /// No CPU.
    public init() {}

    /// These CPUs; none may be negative.
    public init(_ cpus: some Sequence<Int>) {
        for cpu in cpus { insert(cpu) }
    }

    /// How many there are.
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether there is none.
    public var isEmpty: Bool { words.isEmpty }

    /// The lowest number, nil where the set is empty.
    public var first: Int? {
        for (index, word) in words.enumerated() where word != 0 {
            return index * 64 + word.trailingZeroBitCount
        }
        return nil
    }

    /// The highest number, nil where the set is empty.
    public var last: Int? {
        words.last.map { (words.count - 1) * 64 + 63 - $0.leadingZeroBitCount }
    }

    /// Whether a CPU is in it.
    public func contains(_ cpu: Int) -> Bool {
        cpu >= 0 && cpu / 64 < words.count && words[cpu / 64] & (1 << UInt64(cpu % 64)) != 0
    }

    /// Adds a CPU, 0 or more.
    public mutating func insert(_ cpu: Int) {
        precondition(cpu >= 0, "a CPU number is negative")
        while words.count <= cpu / 64 { words.append(0) }
        words[cpu / 64] |= 1 << UInt64(cpu % 64)
    }

    /// Takes a CPU out, if it is in.
    public mutating func remove(_ cpu: Int) {
        guard contains(cpu) else { return }
        words[cpu / 64] &= ~(1 << UInt64(cpu % 64))
        trim()
    }

    /// What is in either.
    public func union(_ other: CPUSet) -> CPUSet { combined(with: other, |) }

    /// What is in both.
    public func intersection(_ other: CPUSet) -> CPUSet { combined(with: other, &) }

    /// What is here and not there.
    public func subtracting(_ other: CPUSet) -> CPUSet { combined(with: other) { $0 & ~$1 } }

    /// Whether all of it is in the other one.
    public func isSubset(of other: CPUSet) -> Bool { subtracting(other).isEmpty }

    /// Whether the two have no CPU in common.
    public func isDisjoint(with other: CPUSet) -> Bool { intersection(other).isEmpty }

    private func combined(with other: CPUSet, _ operation: (UInt64, UInt64) -> UInt64) -> CPUSet {
        var result = CPUSet()
        for index in 0..<Swift.max(words.count, other.words.count) {
            result.words.append(
                operation(
                    index < words.count ? words[index] : 0,
                    index < other.words.count ? other.words[index] : 0
                )
            )
        }
        result.trim()
        return result
    }

    private mutating func trim() {
        while words.last == 0 { words.removeLast() }
    }
}

extension CPUSet: Sequence {
    /// The numbers in ascending order.
    public func makeIterator() -> some IteratorProtocol<Int> {
        words.enumerated().lazy.flatMap { index, word in
            (0..<64).lazy.filter { word & (1 << UInt64($0)) != 0 }.map { index * 64 + $0 }
        }.makeIterator()
    }
}
