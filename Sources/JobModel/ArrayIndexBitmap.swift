/// One bit an index: what sets fall back on when their ranges interlock too much to be merged one
/// by one.
///
/// At most 500 KB, as ``ArrayIndexSet/largestIndex`` bounds it.
struct ArrayIndexBitmap {
    private let base: Int
    private var words: [UInt64]

    /// No index yet, of those in these bounds.
    init(bounds: ClosedRange<Int>) {
        base = bounds.lowerBound
        words = Array(repeating: 0, count: bounds.count / 64 + 1)
    }

    /// Puts in, or takes out, what a range has within the bounds.
    mutating func set(_ range: ArrayIndexSet.Range, to isIn: Bool) {
        let top = base + words.count * 64 - 1
        guard
            let range = range.intersection(.init(first: base, last: top))
        else { return }
        if range.step == 1 {
            setRun(from: range.first - base, through: range.last - base, to: isIn)
            return
        }
        for index in stride(from: range.first - base, through: range.last - base, by: range.step) {
            if isIn {
                words[index / 64] |= 1 << UInt64(index % 64)
            } else {
                words[index / 64] &= ~(1 << UInt64(index % 64))
            }
        }
    }

    private mutating func setRun(from first: Int, through last: Int, to isIn: Bool) {
        for word in first / 64...last / 64 {
            let low = Swift.max(first - word * 64, 0)
            let high = Swift.min(last - word * 64, 63)
            let mask = (UInt64.max >> UInt64(63 - high)) & (UInt64.max << UInt64(low))
            if isIn { words[word] |= mask } else { words[word] &= ~mask }
        }
    }

    /// The runs of consecutive indices, in order.
    var runs: [ArrayIndexSet.Range] {
        var runs: [ArrayIndexSet.Range] = []
        var position = next(from: 0, inverted: 0)
        while let start = position {
            let end = next(from: start, inverted: .max) ?? words.count * 64
            runs.append(.init(first: base + start, last: base + end - 1))
            position = end < words.count * 64 ? next(from: end, inverted: 0) : nil
        }
        return runs
    }

    /// The first bit at or after a position that is set, or clear where all bits are inverted.
    private func next(from position: Int, inverted mask: UInt64) -> Int? {
        var word = position / 64
        guard word < words.count else { return nil }
        var bits = (words[word] ^ mask) & (UInt64.max << UInt64(position % 64))
        while bits == 0 {
            word += 1
            guard word < words.count else { return nil }
            bits = words[word] ^ mask
        }
        return word * 64 + bits.trailingZeroBitCount
    }
}
