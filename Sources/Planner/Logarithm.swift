/// The logarithms that policies need.
///
/// From the C library's arithmetic, but by the standard library's own names for it: a pure target
/// imports nothing that could also read a clock or a file.
enum Logarithm {
    static func base2(_ number: Double) -> Double { _log2(number) }

    static func base10(_ number: Double) -> Double { _log10(number) }
}
