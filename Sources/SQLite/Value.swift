/// What is bound to a statement's parameter.
public enum Value {
    /// NULL.
    case null
    /// An integer.
    case integer(Int64)
    /// Text in UTF-8.
    case text(String)
    /// Bytes as they are.
    case blob([UInt8])

    /// An integer of any width.
    @inlinable
    public static func int(_ value: some BinaryInteger) -> Value {
        .integer(Int64(value))
    }

    /// An integer, or NULL.
    public static func optional(_ value: Int64?) -> Value {
        value.map { .integer($0) } ?? .null
    }

    /// Text, or NULL.
    public static func optional(_ value: String?) -> Value {
        value.map { .text($0) } ?? .null
    }

    /// Bytes, or NULL.
    public static func optional(_ value: [UInt8]?) -> Value {
        value.map { .blob($0) } ?? .null
    }

    /// 1 or 0.
    public static func bool(_ value: Bool) -> Value {
        .integer(value ? 1 : 0)
    }
}
