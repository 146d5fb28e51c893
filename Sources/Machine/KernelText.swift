internal import JobModel

/// Text as the kernel writes it in sysfs and procfs.
///
/// What does not follow the grammar is nil, never a guess. Some kernels end a file with a NUL after
/// the newline; whatever follows a NUL or a newline in a one-line file is no part of its value.
enum KernelText {
    /// No kernel knows as many CPUs or nodes; a higher number is damage.
    private static let highest = 1 << 16

    /// The first line, without the newline and what follows it.
    static func line(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
    }

    /// A list of numbers and ranges, such as `0-3,8`; an empty one is the empty set.
    ///
    /// Source: `bitmap_print_to_pagebuf` in the kernel's lib/bitmap-str.c.
    static func list(_ bytes: [UInt8]) -> CPUSet? {
        let text = trimmed(line(bytes))
        var set = CPUSet()
        guard !text.isEmpty else { return set }
        for part in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let bounds = part.split(
                separator: UInt8(ascii: "-"),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let first = bounds.first.flatMap({ decimal($0) }),
                let last = bounds.last.flatMap({ decimal($0) }),
                first <= last, last < highest
            else { return nil }
            for number in first...last { set.insert(number) }
        }
        return set
    }

    /// A mask in groups of 32 bits, the highest first, such as `00000001,ffff0000`.
    static func mask(_ bytes: [UInt8]) -> CPUSet? {
        let groups = trimmed(line(bytes))
            .split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        var set = CPUSet()
        for (position, group) in groups.reversed().enumerated() {
            // Only the highest group may be written with fewer than 8 digits, or, on kernels that
            // wrote no commas, with more.
            guard !group.isEmpty, group.count <= 8 || groups.count == 1 else { return nil }
            for (place, digit) in group.reversed().enumerated() {
                guard let value = hexadecimal(digit) else { return nil }
                for bit in 0..<4 where value & (1 << bit) != 0 {
                    set.insert(position * 32 + place * 4 + bit)
                }
            }
        }
        return groups.isEmpty ? nil : set
    }

    /// A decimal number, perhaps negative, at the start of the text; what follows is ignored.
    static func number(_ bytes: some Collection<UInt8>) -> Int? {
        let text = bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let negative = text.first == UInt8(ascii: "-")
        let digits = text.dropFirst(negative ? 1 : 0).prefix { isDigit($0) }
        return decimal(digits).map { negative ? -$0 : $0 }
    }

    /// The number that follows a key, such as `MemTotal:`, wherever it first stands in a text.
    static func number(after key: StaticString, in bytes: [UInt8]) -> Int? {
        value(after: key, in: bytes).flatMap { number($0) }
    }

    /// The rest of the line after the first place where a key stands, without outer blanks.
    static func value(after key: StaticString, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let wanted = Array("\(key)".utf8)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            var rest = line
            while rest.count >= wanted.count {
                if rest.starts(with: wanted) { return trimmed(rest.dropFirst(wanted.count)) }
                rest = rest.dropFirst()
            }
        }
        return nil
    }

    /// Bytes without blanks at either end.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes.drop { isBlank($0) }
        while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
        return rest
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
            || byte == UInt8(ascii: "\r") || byte == 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func decimal(_ digits: some Collection<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits {
            guard isDigit(digit) else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, over) = product.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            guard !tooLarge, !over else { return nil }
            value = sum
        }
        return value
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
