extension ArrayIndexSet.Range {
    /// What both have, by the Chinese remainder theorem; nil where that is nothing.
    func intersection(_ other: Self) -> Self? {
        let low = Swift.max(first, other.first)
        let high = Swift.min(last, other.last)
        guard low <= high else { return nil }
        let (divisor, coefficient) = Self.greatestCommonDivisor(step, other.step)
        let distance = other.first - first
        guard distance % divisor == 0 else { return nil }
        // first + step * k is congruent to other.first modulo other.step.
        let modulus = other.step / divisor
        let period = step * modulus
        let multiple = Self.remainder(
            Self.remainder(distance / divisor, modulus) * Self.remainder(coefficient, modulus),
            modulus
        )
        let common = first + step * multiple
        let start = low + Self.remainder(common - low, period)
        guard start <= high else { return nil }
        return Self(first: start, last: high, step: period)
    }

    /// What is here and not in the other one, in ranges that have no index in common.
    ///
    /// At most about the square root of the count of indices, whatever the steps.
    func subtracting(_ other: Self) -> [Self] {
        guard let common = intersection(other) else { return [self] }
        var left: [Self] = []
        if common.first > first {
            left.append(Self(first: first, last: common.first - step, step: step))
        }
        let classes = common.step / step
        if common.count > 1 && classes > 1 {
            if classes < common.count {
                for offset in 1..<classes {
                    let start = common.first + offset * step
                    left.append(Self(first: start, last: common.last, step: common.step))
                }
            } else {
                for gap in stride(from: common.first, to: common.last, by: common.step) {
                    left.append(
                        Self(first: gap + step, last: gap + common.step - step, step: step)
                    )
                }
            }
        }
        if common.last < last {
            left.append(Self(first: common.last + step, last: last, step: step))
        }
        return left
    }

    /// The greatest common divisor of two steps, and what the first is to be multiplied by to give
    /// it modulo the second.
    private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> (Int, Int) {
        var (remainder, nextRemainder) = (left, right)
        var (coefficient, nextCoefficient) = (1, 0)
        while nextRemainder != 0 {
            let quotient = remainder / nextRemainder
            (remainder, nextRemainder) = (nextRemainder, remainder - quotient * nextRemainder)
            (coefficient, nextCoefficient) = (
                nextCoefficient, coefficient - quotient * nextCoefficient
            )
        }
        return (remainder, coefficient)
    }

    /// The remainder that is 0 or more.
    private static func remainder(_ value: Int, _ modulus: Int) -> Int {
        let remainder = value % modulus
        return remainder < 0 ? remainder + modulus : remainder
    }
}
