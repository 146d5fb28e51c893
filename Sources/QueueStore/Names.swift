internal import Glibc
public import JobModel

/// The name of this machine.
public enum HostName {
    /// Up to the first full stop, as Slurm's `%N` (gethostname(2)).
    public static var short: ByteString {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let bytes = name.prefix { $0 != 0 && $0 != 0x2E }.map { UInt8(bitPattern: $0) }
        return ByteString(bytes)
    }
}

/// Users' names as /etc/passwd has them: a static program can ask no other service.
public enum UserName {
    /// The name of a user; nil where the file does not have it.
    public static func local(_ uid: UInt32) -> String? {
        entry { $0[2] == String(uid) }.map { String($0[0]) }
    }

    /// The number of a user; nil where the file does not have it.
    public static func local(named name: String) -> UInt32? {
        entry { $0[0] == name }.flatMap { UInt32($0[2]) }
    }

    private static func entry(_ isMeant: ([Substring]) -> Bool) -> [Substring]? {
        guard let file = unsafe fopen("/etc/passwd", "re") else { return nil }
        defer { unsafe fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { unsafe free(line) }
        while unsafe getline(&line, &capacity, file) > 0 {
            guard let line = unsafe line else { continue }
            let fields = unsafe String(cString: line).split(
                separator: ":",
                omittingEmptySubsequences: false
            )
            if fields.count >= 3, isMeant(fields) { return fields }
        }
        return nil
    }
}
