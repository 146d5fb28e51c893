internal import CSQLite
internal import Glibc

/// The current row of a statement; columns count from 0.
///
/// Valid only within the call that hands it out.
public struct Row {
    let handle: OpaquePointer

    /// Whether a column is NULL.
    public func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// An integer; 0 where it is NULL.
    public func integer(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(handle, column)
    }

    /// An integer, nil where it is NULL.
    public func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    /// Whether an integer is not 0.
    public func bool(_ column: Int32) -> Bool { integer(column) != 0 }

    /// Text, with invalid UTF-8 replaced; empty where it is NULL.
    public func text(_ column: Int32) -> String {
        withBytes(column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Text, nil where it is NULL.
    public func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    /// The bytes of text or a blob; empty where it is NULL.
    public func bytes(_ column: Int32) -> [UInt8] {
        withBytes(column) { unsafe Array($0) }
    }

    /// The bytes, nil where the column is NULL.
    public func optionalBytes(_ column: Int32) -> [UInt8]? {
        isNull(column) ? nil : bytes(column)
    }

    /// Whether a column has exactly these bytes; makes no copy.
    public func bytes(_ column: Int32, equal other: [UInt8]) -> Bool {
        withBytes(column) { stored in
            guard stored.count == other.count, let start = stored.baseAddress else {
                return stored.count == other.count
            }
            return unsafe memcmp(start, other, other.count) == 0
        }
    }

    private func withBytes<Result>(
        _ column: Int32,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard let start = unsafe sqlite3_column_blob(handle, column) else {
            return unsafe body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe body(UnsafeRawBufferPointer(start: start, count: count))
    }
}
