internal import JobModel

// Loops over numbers instead of the set's own iterator, whose types the runtime would first have to
// put together: that alone costs a supervisor more than its fork.
extension CPUSet {
    /// The bits of the kernel's mask, in its words (sched_setaffinity(2)).
    var kernelWords: [UInt] {
        guard let last else { return [] }
        var words = [UInt](repeating: 0, count: last / UInt.bitWidth + 1)
        for cpu in 0...last where contains(cpu) {
            words[cpu / UInt.bitWidth] |= 1 << UInt(cpu % UInt.bitWidth)
        }
        return words
    }

    /// The set that such words stand for.
    init(kernelWords words: [UInt]) {
        self.init()
        for cpu in 0..<(words.count * UInt.bitWidth)
        where words[cpu / UInt.bitWidth] & 1 << UInt(cpu % UInt.bitWidth) != 0 {
            insert(cpu)
        }
    }
}
