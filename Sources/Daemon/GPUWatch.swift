internal import Glibc
internal import JobModel
internal import Linux
internal import Machine

/// Looks now and then who is at work on NVIDIA's GPUs, in a child process: the library may hang.
///
/// The child is this program with ``option``; it prints a ``GPUProbe``.
public struct GPUWatch: ~Copyable {
    /// What makes this program print a probe and end.
    public static let option = "probe-gpus"

    /// Seconds between two looks.
    private static let interval: Int64 = 10
    /// Seconds after which a look is given up.
    private static let patience: Int64 = 30

    private var child: pid_t = 0
    /// The reading end of the child's output; -1 while no look is under way.
    private var output: CInt = -1
    private var text: [UInt8] = []
    private var startedAt: Int64 = 0

    init() {}

    deinit {
        if child > 0 { kill(child, SIGKILL) }
        if output >= 0 { close(output) }
    }

    /// What can be read when the look under way has said something.
    var descriptor: CInt { output }

    /// Microseconds until something is due.
    var wait: Int64 {
        let due = startedAt + (output < 0 ? Self.interval : Self.patience) * 1_000_000
        return max(0, due - Clock.monotonicMicroseconds)
    }

    /// Waits for one look, a few seconds at the most.
    ///
    /// - Returns: nil where there is no library, or it does not answer.
    static func first() -> GPUProbe? {
        var watch = GPUWatch()
        watch.start()
        let end = Clock.monotonicMicroseconds + 5_000_000
        while watch.output >= 0, Clock.monotonicMicroseconds < end {
            var ready = pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)
            unsafe poll(&ready, 1, 100)
            if let probe = watch.take() { return probe }
        }
        return nil
    }

    /// Goes on with its work; a probe when a look has come to its end.
    mutating func advance() -> GPUProbe? {
        let now = Clock.monotonicMicroseconds
        if output < 0 {
            if now >= startedAt + Self.interval * 1_000_000 { start() }
            return nil
        }
        if let probe = take() { return probe }
        if output >= 0, now >= startedAt + Self.patience * 1_000_000 { finish() }
        return nil
    }

    private mutating func start() {
        startedAt = Clock.monotonicMicroseconds
        text = []
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        // Without the driver it is no mistake that there is no library.
        if unsafe access("/proc/driver/nvidia", F_OK) != 0 {
            unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        let words: [String] = ["schedd", "--\(Self.option)"]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { unsafe strdup($0) } + [nil]
        defer { for word in unsafe arguments { unsafe free(word) } }
        let code = unsafe posix_spawn(
            &child,
            "/proc/self/exe",
            &actions,
            nil,
            &arguments,
            environ
        )
        guard code == 0 else {
            child = 0
            close(ends[0])
            return
        }
        output = ends[0]
    }

    /// Reads what has come; a probe where that was all.
    private mutating func take() -> GPUProbe? {
        guard output >= 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(output, &buffer, buffer.count)
            if count > 0 {
                text += buffer[..<count]
            } else if count == 0 {
                finish()
                return GPUProbe(text: String(decoding: text, as: UTF8.self))
            } else {
                return nil
            }
        }
    }

    private mutating func finish() {
        if output >= 0 { close(output) }
        output = -1
        guard child > 0 else { return }
        kill(child, SIGKILL)
        waitpid(child, nil, 0)
        child = 0
    }
}
