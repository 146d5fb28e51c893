internal import CLinux
internal import Glibc
internal import Linux

extension Supervisor {
    /// Runs the attempt that the caller of this program has handed over, to its end; then those
    /// that come after it, as long as the caller has the other end of the connection.
    ///
    /// - Returns: the exit status of the program: 0 where the ends stand in the records.
    public static func main() -> CInt {
        guard fcntl(CInt(clinux_record_descriptor), F_GETFD) >= 0,
            fcntl(CInt(clinux_specification_descriptor), F_GETFD) >= 0
        else {
            let message = "stepd: started by hand; schedd starts it, with the record of a job\n"
            try? Descriptor(owning: 2).write(Array(message.utf8))
            return EX_USAGE
        }
        crashPoint(.supervisorStarted)
        var every = sigset_t()
        unsafe sigfillset(&every)
        unsafe sigprocmask(SIG_BLOCK, &every, nil)
        umask(0o077)
        clinux_become_subreaper()
        protectFromMemoryShortage()
        clinux_note_surroundings()
        do {
            try serve()
            return 0
        } catch {
            // Nobody would read a message; that the record has no end says it all.
            return 1
        }
    }

    private static func serve() throws {
        guard let own = ProcessStatus.own else { throw MalformedBytes() }
        let process = RunSlot.Process(pid: own.pid, startTime: own.startTime)
        var socket = inheritedSocket()
        var next = Optional(try firstAssignment())
        while let assignment = next.take() {
            var supervisor = try Supervisor(assignment, by: process, socket: socket.take())
            try supervisor.supervise()
            socket = supervisor.finish()
            crashPoint(.supervisorIdle)
            next = socket?.receive()
            crashPoint(.attemptTaken)
        }
    }

    private static func firstAssignment() throws(SystemError) -> Assignment {
        let bytes = Descriptor(owning: CInt(clinux_specification_descriptor))
        return Assignment(
            record: Descriptor(owning: CInt(clinux_record_descriptor)),
            specification: try bytes.read(at: 0, count: bytes.size())
        )
    }

    /// nil where the `schedd` that started it is of a version that has none.
    private static func inheritedSocket() -> HandoverSocket? {
        let number = CInt(clinux_handover_descriptor)
        guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else { return nil }
        return HandoverSocket(owning: Descriptor(owning: number))
    }

    /// Keeps the kernel from ending the supervisor when memory runs out, where it may.
    private static func protectFromMemoryShortage() {
        // Not -1000: what can never be ended, not even over its own limit, stops the machine.
        guard geteuid() == 0,
            let file = try? openFile(
                in: AT_FDCWD,
                Array("/proc/self/oom_score_adj".utf8),
                O_WRONLY
            )
        else { return }
        try? file.write(Array("-999".utf8))
    }
}
