/// A set of GPU numbers, 0 to 127, in one word, since plans compare thousands of them.
struct GPUSet: Hashable {
    private var bits: UInt128 = 0

    init() {}

    init(_ numbers: some Sequence<Int>) {
        for number in numbers { bits |= 1 << UInt128(number) }
    }

    private init(bits: UInt128) {
        self.bits = bits
    }

    var count: Int { bits.nonzeroBitCount }

    var isEmpty: Bool { bits == 0 }

    func contains(_ number: Int) -> Bool { bits >> UInt128(number) & 1 == 1 }

    /// The numbers in ascending order.
    var numbers: [Int] {
        var result: [Int] = []
        var rest = bits
        while rest != 0 {
            result.append(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
        return result
    }

    func union(_ other: GPUSet) -> GPUSet { GPUSet(bits: bits | other.bits) }

    func intersection(_ other: GPUSet) -> GPUSet { GPUSet(bits: bits & other.bits) }

    func subtracting(_ other: GPUSet) -> GPUSet { GPUSet(bits: bits & ~other.bits) }

    func isSubset(of other: GPUSet) -> Bool { bits & ~other.bits == 0 }

    /// The lowest numbers, so many of them or all that there are.
    func lowest(_ count: Int) -> GPUSet {
        var rest = bits
        for _ in 0..<min(count, self.count) { rest &= rest - 1 }
        return GPUSet(bits: bits ^ rest)
    }
}
