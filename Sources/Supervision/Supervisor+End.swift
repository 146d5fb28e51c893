internal import CLinux
internal import Glibc
internal import JobModel
internal import Linux

extension Supervisor {
    /// Takes down what the attempt had and writes down how it ended.
    mutating func end(failure: SystemError?) throws(SystemError) {
        crashPoint(.jobCleared)
        let outcome = outcome(failure: failure)
        // What stays behind here, `schedd` removes with the record.
        if case .script = specification.payload {
            try? Spool(existingIn: stateFolder).removeScript(of: specification.attempt)
        }
        let isCgroupGone = (try? cgroup?.remove()) ?? (cgroup == nil)
        try record.write(outcome)
        try? replaceRecord(outcome)
        crashPoint(.exitWritten)
        SupervisorTitle.clear()
        // What the job has done to its supervisor, the next one is not to inherit.
        if !isCgroupGone || clinux_surroundings_changed() != 0 { socket = nil }
        // Whoever hears it makes the end durable by its own commit.
        if !tell() { try record.descriptor.synchronize() }
        crashPoint(.bellRung)
    }

    /// Makes a record anew that the job has removed: without one, a `schedd` that was away meanwhile
    /// would take the attempt for one that never started.
    private func replaceRecord(_ outcome: Outcome) throws(SystemError) {
        guard try !record.hasName() else { return }
        let attempt = specification.attempt
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
        let file = try Spool(existingIn: stateFolder).folder.open("\(attempt)", flags)
        try AttemptRecord(owning: file, of: attempt).write(outcome)
    }

    /// Has `schedd` look at the record; whether there is one.
    func tell() -> Bool {
        socket?.nudge() == true || Doorbell.ring(in: stateFolder)
    }

    private func outcome(failure: SystemError?) -> Outcome {
        var outcome = Outcome(
            cause: course.cause,
            endedAt: endedAt ?? Timestamp(microseconds: Clock.realtimeMicroseconds),
            cpuMicroseconds: cgroup?.cpuMicroseconds() ?? usage.cpuMicroseconds,
            maxRSSBytes: usage.maxRSSBytes
        )
        if let status = firstStatus {
            outcome.signal = Int(status & 0x7F)
            outcome.exitCode = outcome.signal == 0 ? Int(status >> 8 & 0xFF) : 0
        }
        // An end that was asked for stays what it is, also if the job had not got far.
        guard course.cause == .exited, let words = failure ?? launchFailure() else {
            return outcome
        }
        // What fails before the job was let go is not the job's, but the queue's, such as its disk.
        outcome.cause = failure == nil ? .launchFailed : .neverStarted
        outcome.exitCode = failure == nil ? 1 : 0
        outcome.signal = 0
        outcome.message = "\(words)"
        return outcome
    }

    /// The step of the set-up that failed, told by the first process; nil where it executed.
    private func launchFailure() -> SystemError? {
        let size = MemoryLayout<clinux_launch_failure>.size
        guard let bytes = try? report?.readOnce(upTo: size), bytes.count == size else {
            return nil
        }
        let failure = unsafe bytes.withUnsafeBytes {
            unsafe $0.loadUnaligned(as: clinux_launch_failure.self)
        }
        let (call, object): (String, ByteString) =
            switch clinux_launch_step(UInt32(failure.step)) {
            case clinux_step_directory: ("chdir", specification.workDirectory)
            case clinux_step_input: ("open", specification.inputPath)
            case clinux_step_output: ("open", specification.outputPath)
            case clinux_step_error: ("open", specification.errorPath ?? specification.outputPath)
            case clinux_step_affinity: ("sched_setaffinity", ByteString([]))
            case clinux_step_limits: ("setrlimit", ByteString([]))
            case clinux_step_descriptors: ("close_range", ByteString([]))
            case clinux_step_execute: ("execve", executed(failure.code))
            default: ("setsid", ByteString([]))
            }
        return SystemError(call: call, object: object.string, code: failure.code)
    }

    /// What could not be executed: where a script is there, it is its interpreter that is not.
    private func executed(_ code: CInt) -> ByteString {
        switch specification.payload {
        case .command(let path, _): return path
        case .script(let text, _):
            let first = text.bytes.prefix { $0 != UInt8(ascii: "\n") }
            let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
            let words = first.dropFirst(2).split { blanks.contains($0) }
            guard first.starts(with: Array("#!".utf8)), let interpreter = words.first else {
                return ByteString(Spool.scriptName)
            }
            return ByteString(Array(interpreter))
        }
    }

    /// Says in the job's output that it is being ended, and why, in Slurm's words.
    func announceEnd() {
        let reason =
            switch course.cause {
            case .timeLimit: " DUE TO TIME LIMIT"
            case .requeued: " DUE TO JOB REQUEUE"
            default: ""
            }
        let job = specification.attempt.job
        let line = "stepd: error: *** JOB \(job) CANCELLED AT \(localTime())\(reason) ***\n"
        let path = specification.errorPath ?? specification.outputPath
        // Nothing that could block or act on being written to.
        let flags = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY
        guard let file = try? openFile(in: AT_FDCWD, path.bytes, flags) else { return }
        var status = stat()
        guard unsafe fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return
        }
        try? file.write(Array(line.utf8))
    }

    /// `2026-11-24T07:31:28`.
    private func localTime() -> String {
        var now = time(nil)
        var parts = tm()
        unsafe localtime_r(&now, &parts)
        func padded(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = [parts.tm_year + 1_900, parts.tm_mon + 1, parts.tm_mday].map(padded)
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(padded)
        return date.joined(separator: "-") + "T" + clock.joined(separator: ":")
    }
}
