internal import JobModel
internal import SQLite

/// Scripts, environments and argument vectors, stored once for each content.
extension QueueStore {
    /// The id of a blob with this content, made where there is none yet.
    func blob(_ content: [UInt8]) throws -> Int64 {
        let hash = fingerprint(of: content)
        let known = try db.first(
            "SELECT id FROM blob WHERE hash = ?1 AND content = ?2",
            .integer(hash),
            .blob(content)
        ) { $0.integer(0) }
        if let known { return known }
        try db.run(
            "INSERT INTO blob (hash, content) VALUES (?1, ?2)",
            .integer(hash),
            .blob(content)
        )
        return db.lastInsertRowID
    }

    /// The content of a blob.
    func content(ofBlob id: Int64) throws -> [UInt8] {
        try db.first("SELECT content FROM blob WHERE id = ?1", .integer(id)) { $0.bytes(0) } ?? []
    }
}

/// FNV-1a over 64 bits (Fowler, Noll, Vo); only finds candidates, the content itself decides.
private func fingerprint(of content: [UInt8]) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in content { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int64(bitPattern: hash)
}

/// A list of byte strings as one blob, each ended by a NUL, which no argument can contain.
enum ByteList {
    static func encode(_ strings: [ByteString]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(strings.reduce(0) { $0 + $1.bytes.count + 1 })
        for string in strings {
            bytes += string.bytes
            bytes.append(0)
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [ByteString] {
        bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
            ByteString(Array($0))
        }
    }
}
