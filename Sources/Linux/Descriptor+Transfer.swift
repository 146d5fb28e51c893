internal import CLinux
internal import Glibc

extension Descriptor {
    /// Bytes from a position, fewer than asked for only at the end of the file (pread(2)).
    public func read(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        let number = number
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(SystemError) {
                while filled < count {
                    let start = unsafe buffer.baseAddress.map { unsafe $0 + filled }
                    let got = try syscall("pread") {
                        unsafe pread(number, start, count - filled, off_t(offset + filled))
                    }
                    if got == 0 { return }
                    filled += got
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Writes all bytes at a position (pwrite(2)), in one call where the kernel takes them at once.
    public func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
        let number = number
        var done = 0
        while done < bytes.count {
            done += try syscall("pwrite") {
                unsafe bytes.withUnsafeBytes { buffer in
                    unsafe pwrite(
                        number,
                        buffer.baseAddress.map { unsafe $0 + done },
                        buffer.count - done,
                        off_t(offset + done)
                    )
                }
            }
        }
    }

    /// Writes all bytes (write(2)).
    public func write(_ bytes: [UInt8]) throws(SystemError) {
        let number = number
        var done = 0
        while done < bytes.count {
            done += try syscall("write") {
                unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(
                        number,
                        buffer.baseAddress.map { unsafe $0 + done },
                        buffer.count - done
                    )
                }
            }
        }
    }

    /// All that can be read up to the end of the file (read(2)); for files of proc(5), whose size
    /// is not known before, and pipes.
    public func readToEnd() throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let piece = try readOnce(upTo: 4_096)
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }

    /// What one read(2) gives; empty at the end of the file.
    public func readOnce(upTo count: Int) throws(SystemError) -> [UInt8] {
        let number = number
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(SystemError) {
                let start = buffer.baseAddress
                filled = try syscall("read") { unsafe Glibc.read(number, start, count) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// The file's size in bytes (fstat(2)).
    public func size() throws(SystemError) -> Int {
        let number = number
        var status = stat()
        try syscall("fstat") { unsafe fstat(number, &status) }
        return Int(status.st_size)
    }

    /// Brings the file's content to the disk (fsync(2)), also that a new file has its name.
    public func synchronize() throws(SystemError) {
        let number = number
        try syscall("fsync") { fsync(number) }
    }

    /// An anonymous file in memory, close-on-exec, with this content and its offset at the start
    /// (memfd_create(2)).
    public static func memory(
        _ name: String,
        holding bytes: [UInt8]
    ) throws(SystemError) -> Descriptor {
        let number = try syscall("memfd_create", name) { clinux_memfd(name) }
        let descriptor = Descriptor(owning: number)
        try descriptor.write(bytes, at: 0)
        return descriptor
    }
}
