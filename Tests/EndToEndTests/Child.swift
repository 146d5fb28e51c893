import Glibc
import Linux

/// A program that a test has started.
final class Child {
    /// Its process.
    let pid: pid_t
    /// Its wait status; nil as long as it has not been reaped.
    private(set) var status: CInt?

    /// Starts a program with these variables alone.
    ///
    /// - Parameters:
    ///   - folder: where it starts.
    ///   - output: the file for its standard output, which is added to.
    ///   - error: the file for its standard error, which is added to.
    init(
        _ words: [String],
        environment: [String: String],
        in folder: String,
        input: String = "/dev/null",
        output: String,
        error: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let adding = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, adding, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, error, adding, 0o600)
        // env(1) executes the program in its own place.
        let words = ["/usr/bin/env", "--chdir", folder] + words
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, words[0], &actions, nil, &arguments, &variables)
        guard code == 0 else {
            throw SystemError(call: "posix_spawn", object: words[0], code: code)
        }
        self.pid = pid
    }

    /// Whether it has ended; reaps it then.
    var hasEnded: Bool {
        if status != nil { return true }
        var found: CInt = 0
        guard waitpid(pid, &found, WNOHANG) == pid else { return false }
        status = found
        return true
    }

    /// Its exit status; nil where a signal ended it, or where it has not ended.
    var exitCode: CInt? {
        status.flatMap { $0 & 0x7F == 0 ? $0 >> 8 & 0xFF : nil }
    }

    /// Sends it a signal, unless it was reaped.
    func send(_ signal: CInt) {
        if status == nil { kill(pid, signal) }
    }

    /// Kills and reaps it.
    func end() {
        guard status == nil else { return }
        kill(pid, SIGKILL)
        var found: CInt = 0
        while waitpid(pid, &found, 0) < 0 && errno == EINTR {}
        status = found
    }
}
