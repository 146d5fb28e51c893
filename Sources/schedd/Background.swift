import CommandLineSupport
import Daemon
import Glibc
import Linux
import QueueStore

/// `--background`: a process of its own session that goes on when this one ends.
enum Background {
    /// Starts it, waits until it is ready, and ends this process.
    static func start() throws -> Never {
        let folder = StateFolder.standard
        try folder.prepare()
        if Doorbell.ring(folder: folder.path) { throw Daemon.AlreadyRunning(in: folder) }
        let log = folder.path + "/schedd.log"
        let output = try syscall("open", log) {
            open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        }
        var ends: [CInt] = [0, 0]
        try syscall("pipe") { unsafe pipe(&ends) }
        unsafe setenv(Readiness.variable, String(ends[1]), 1)
        let pid = try spawn(output: output, closing: ends[0])
        close(ends[1])
        var byte: UInt8 = 0
        if unsafe read(ends[0], &byte, 1) == 1 { Program.exit(.success) }
        var status: CInt = 0
        unsafe waitpid(pid, &status, 0)
        Program.fail("did not start; \(log) says why", .unavailable)
    }

    private static func spawn(output: CInt, closing end: CInt) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
        unsafe posix_spawn_file_actions_addclose(&actions, end)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawnattr_setflags(&attributes, 0x80)  // POSIX_SPAWN_SETSID
        var pid: pid_t = 0
        // By its own path, so that ps(1) has its name.
        let code = unsafe posix_spawn(
            &pid,
            Installation.executable,
            &actions,
            &attributes,
            CommandLine.unsafeArgv,
            environ
        )
        guard code == 0 else {
            throw SystemError(call: "posix_spawn", object: "schedd", code: code)
        }
        return pid
    }
}
