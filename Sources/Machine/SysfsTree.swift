internal import Glibc
internal import JobModel
public import Linux

/// A folder that holds a machine's `sys` and `proc`: `/`, or a stored copy of another machine's.
///
/// Paths are relative to it, such as `sys/devices/system/cpu/online`. What cannot be read is nil,
/// since every kernel lacks some of these files, and some containers hide others.
public final class SysfsTree: Sendable {
    private let root: Descriptor
    /// Whether this is the machine on which the program runs.
    public let isLive: Bool

    /// Opens the folder.
    ///
    /// - Throws: what open(2) says, for example where there is no such folder.
    public init(root path: String) throws(SystemError) {
        let number = try syscall("open", path) {
            unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        root = Descriptor(owning: number)
        isLive = !path.isEmpty && path.utf8.allSatisfy { $0 == UInt8(ascii: "/") }
    }

    /// The whole content of a file.
    func bytes(_ path: String) -> [UInt8]? {
        let number = unsafe openat(root.number, path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { return nil }
        let file = Descriptor(owning: number)
        var content: [UInt8] = []
        return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            while true {
                let read = try? syscall("read") {
                    unsafe Glibc.read(file.number, buffer.baseAddress, buffer.count)
                }
                guard let read else { return nil }
                guard read > 0 else { return content }
                unsafe content.append(contentsOf: buffer[..<read])
            }
        }
    }

    /// The first line of a file.
    func line(_ path: String) -> String? {
        bytes(path).map { String(decoding: KernelText.line($0), as: UTF8.self) }
    }

    /// The number with which a file begins.
    func number(_ path: String) -> Int? {
        bytes(path).flatMap { KernelText.number($0) }
    }

    /// A file that holds a list of CPUs or nodes, such as `0-3,8`.
    func list(_ path: String) -> CPUSet? {
        bytes(path).flatMap { KernelText.list($0) }
    }

    /// A set that a kernel tells as a mask, as a list, or as both.
    ///
    /// - Parameters:
    ///   - mask: the file with the mask, which older kernels have alone.
    ///   - list: the file with the list.
    func set(mask: String, list: String) -> CPUSet? {
        bytes(mask).flatMap { KernelText.mask($0) } ?? self.list(list)
    }

    /// Whether a file or folder is there.
    func exists(_ path: String) -> Bool {
        unsafe faccessat(root.number, path, F_OK, 0) == 0
    }

    /// Where a symbolic link leads, as it stands in the link.
    func target(ofLink path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlinkat(root.number, path, &buffer, buffer.count)
        guard length > 0 else { return nil }
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The names in a folder in ascending order; none where it cannot be read.
    func names(in path: String) -> [String] {
        let number = unsafe openat(root.number, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0, let folder = unsafe fdopendir(number) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The numbers in a folder's names of one form, such as the 3 of `node3`.
    func numbers(in path: String, prefix: String) -> CPUSet {
        CPUSet(
            names(in: path).compactMap { name in
                name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
            }.filter { $0 >= 0 && $0 < 1 << 16 }
        )
    }
}
