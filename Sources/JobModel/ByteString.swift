/// Text as the user gave it: bytes that need not be valid UTF-8, such as a job's name or a path.
///
/// Kept and compared byte by byte. Whoever prints one to a terminal escapes it there.
public struct ByteString: Hashable, Sendable {
    /// The bytes, without a terminating NUL.
    public var bytes: [UInt8]

    /// Wraps bytes as they are.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The UTF-8 bytes of a string.
    public init(_ string: String) {
        bytes = Array(string.utf8)
    }

    /// Whether there is no byte at all.
    public var isEmpty: Bool { bytes.isEmpty }

    /// The text with every invalid UTF-8 sequence replaced by U+FFFD.
    public var string: String { String(decoding: bytes, as: UTF8.self) }
}

extension ByteString: ExpressibleByStringLiteral {
    /// The UTF-8 bytes of a literal.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}
