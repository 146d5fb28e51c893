import Foundation
import Glibc

/// A program run as a whole process, as a user waits for it.
struct Command {
    var path: String
    var arguments: [String] = []
    var environment: [String: String]

    /// Runs it with its output thrown away; gives the seconds it took.
    ///
    /// - Throws: where it cannot be started or does not end with 0.
    @discardableResult
    func time() throws -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        let status = try wait(start: spawn())
        let end = DispatchTime.now().uptimeNanoseconds
        guard status == 0 else { throw BenchmarkError("\(path) ended with status \(status)") }
        return Double(end - start) / 1e9
    }

    /// Starts it and gives its process number.
    func spawn(output: String = "/dev/null") throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, nil, &words, &variables)
        guard code == 0 else { throw BenchmarkError("\(path): \(String(cString: strerror(code)))") }
        return pid
    }

    private func wait(start pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status
    }

    /// Runs it and gives what it prints.
    func output() throws -> String {
        let file = NSTemporaryDirectory() + "bench-\(UUID().uuidString)"
        defer { unlink(file) }
        guard wait(start: try spawn(output: file)) == 0 else {
            throw BenchmarkError("\(path) \(arguments.joined(separator: " ")) failed")
        }
        return try String(contentsOfFile: file, encoding: .utf8)
    }
}

/// Why a figure could not be had.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The middle of some figures.
func median(_ figures: [Double]) -> Double {
    let sorted = figures.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
