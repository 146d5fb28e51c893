import CommandLineSupport

extension OutputBuffer {
    /// Adds a number with so many decimal places at most, zeros at its end left out; what is no
    /// number, or over 2^63, is 0.
    mutating func append(decimal value: Double, places: Int) {
        let whole = value.magnitude.rounded(.down)
        guard value.isFinite, whole < 0x1p63 else {
            append(number: 0)
            return
        }
        var scale: Int64 = 1
        for _ in 0..<places { scale *= 10 }
        var fraction = Int64(((value.magnitude - whole) * Double(scale)).rounded())
        let carry = fraction / scale
        fraction %= scale
        let magnitude = UInt64(whole) + UInt64(carry)
        if value < 0, magnitude > 0 || fraction > 0 { append(UInt8(ascii: "-")) }
        append(number: magnitude)
        guard fraction > 0 else { return }
        var digits = places
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        append(UInt8(ascii: "."))
        append(number: fraction, digits: digits)
    }
}
