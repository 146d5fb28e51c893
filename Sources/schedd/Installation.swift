import Glibc

/// Where this program is, and what was installed with it.
enum Installation {
    /// The path of this program.
    static var executable: String {
        var path = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/exe", &path, path.count - 1)
        let bytes = path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `stepd` beside this program, or in libexec beside its folder.
    static var supervisor: String {
        let folder = executable.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let installed = folder + "/../libexec/sluice/stepd"
        let isInstalled = unsafe access(installed, X_OK) == 0
        return isInstalled ? installed : folder + "/stepd"
    }
}
