/// An amount over time, as its mean within each of equal parts of the time.
struct TimeSeries {
    /// The means, from the first part to the last.
    var values: [Double] {
        var running = 0.0
        return zip(whole, partial).map { change, part in
            running += change
            return running + part
        }
    }

    private let start: Int64
    private let width: Double
    /// What comes and goes at the beginning of each part, for all of it.
    private var whole: [Double]
    /// What holds for a fraction of the part.
    private var partial: [Double]

    /// Nothing, over a time of at least a second in so many parts.
    init(from start: Int64, to end: Int64, parts: Int) {
        self.start = start
        width = Double(max(1, end - start)) / Double(parts)
        whole = Array(repeating: 0, count: parts + 1)
        partial = Array(repeating: 0, count: parts)
    }

    /// Adds an amount from one instant to another, both within the time.
    mutating func add(_ amount: Double, from begin: Int64, to end: Int64) {
        guard end > begin else { return }
        let left = Double(begin - start) / width
        let right = Double(end - start) / width
        let first = min(Int(left), partial.count - 1)
        let last = min(Int(right), partial.count - 1)
        guard first < last else {
            partial[first] += amount * (right - left)
            return
        }
        partial[first] += amount * (Double(first + 1) - left)
        partial[last] += amount * (right - Double(last))
        whole[first + 1] += amount
        whole[last] -= amount
    }
}
