import Glibc
import JobModel
import Linux

/// Reads what might be a script, no further than a script may be long.
enum ScriptFile {
    /// The content of a file, a pipe or a device by its path.
    static func read(_ path: ByteString) throws(SystemError) -> ByteString {
        let number = try syscall("open", path.string) {
            unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
        }
        let file = Descriptor(owning: number)
        return try read(from: file.number)
    }

    /// The content of standard input.
    static func readStandardInput() throws(SystemError) -> ByteString {
        try read(from: STDIN_FILENO)
    }

    /// The first bytes of a file, up to so many; nil where it cannot be read.
    static func head(_ path: ByteString, count: Int) -> [UInt8]? {
        let number = unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
        guard number >= 0 else { return nil }
        let file = Descriptor(owning: number)
        return try? read(from: file.number, atMost: count).bytes
    }

    /// One byte more than a script may have is enough to see that it is too long.
    private static func read(
        from descriptor: CInt,
        atMost limit: Int = JobScript.largestSize + 1
    ) throws(SystemError) -> ByteString {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let wanted = min(65_536, limit - bytes.count)
            var failure: SystemError?
            let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
                do throws(SystemError) {
                    filled = try syscall("read") {
                        unsafe Glibc.read(descriptor, buffer.baseAddress, wanted)
                    }
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            guard !chunk.isEmpty else { break }
            bytes += chunk
        }
        return ByteString(bytes)
    }
}
