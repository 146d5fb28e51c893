import CommandLineSupport

extension OutputBuffer {
    /// What is in it, as a string.
    var string: String { String(decoding: bytes, as: UTF8.self) }
}
