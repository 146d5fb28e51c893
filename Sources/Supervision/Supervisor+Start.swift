internal import CLinux
internal import Glibc
internal import JobModel
internal import Linux

extension Supervisor {
    /// Starts the job: its first process is forked, noted down, and let go.
    mutating func startJob() throws(SystemError) {
        let (path, arguments) = try preparePayload()
        if let parent = specification.cgroupParent {
            cgroup = try? Cgroup(of: specification.attempt, in: parent)
        }
        let started = try fork(path: path, arguments: arguments)
        crashPoint(.jobForked)
        let release = Descriptor(owning: started.release)
        report = Descriptor(owning: started.report)
        // A child that is not reaped is there, even where /proc shows nothing of it.
        let startTime = ProcessStatus(of: started.pid)?.startTime ?? 0
        run.job = RunSlot.Process(pid: started.pid, startTime: startTime)
        run.cgroup = cgroup?.path
        run.startedAt = Timestamp(microseconds: Clock.realtimeMicroseconds)
        startedAt = Clock.monotonicMicroseconds
        try record.write(run)
        crashPoint(.jobNoted)
        try release.write([1])
        crashPoint(.jobReleased)
    }

    /// What is executed; a script is first written to where it is run from.
    private func preparePayload() throws(SystemError) -> (ByteString, [ByteString]) {
        switch specification.payload {
        case .command(let path, let arguments): return (path, arguments)
        case .script(let text, let arguments):
            let folderName = Spool.scriptFolder(of: specification.attempt)
            let tail = "/\(Spool.name)/\(folderName)/\(Spool.scriptName)"
            let path = ByteString(specification.stateFolder.bytes + Array(tail.utf8))
            do throws(SystemError) {
                let folder = try Spool(existingIn: stateFolder).folder.makeFolder(folderName)
                let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW
                let file = try folder.open(Spool.scriptName, flags, mode: 0o700)
                try file.write(text.bytes)
            } catch {
                throw SystemError(call: error.call, object: path.string, code: error.code)
            }
            crashPoint(.scriptWritten)
            return (path, [path] + arguments.dropFirst())
        }
    }

    private mutating func fork(
        path: ByteString,
        arguments: [ByteString]
    ) throws(SystemError) -> clinux_started_job {
        let specification = specification
        let paths = CStrings([
            specification.workDirectory, specification.inputPath, specification.outputPath,
            path, ByteString("\(specification.oomScoreAdjustment)"),
            specification.errorPath ?? ByteString([]),
        ])
        let sharesOutput =
            specification.errorPath == nil || specification.errorPath == specification.outputPath
        let argv = CStrings(arguments)
        let envp = CStrings(specification.environment)
        let limits = specification.limits.map {
            clinux_limit(resource: $0.resource, soft: $0.soft, hard: $0.hard)
        }
        let mask = specification.affinity.kernelWords
        var started = clinux_started_job()
        var job = clinux_job()
        job.record = record.descriptor.number
        job.handover = socket?.descriptor.number ?? -1
        job.cgroup = cgroup?.folder.descriptor.number ?? -1
        unsafe job.directory = UnsafePointer(paths.pointers[0])
        unsafe job.input = UnsafePointer(paths.pointers[1])
        unsafe job.output = UnsafePointer(paths.pointers[2])
        unsafe job.path = UnsafePointer(paths.pointers[3])
        unsafe job.oom_score_adj = UnsafePointer(paths.pointers[4])
        unsafe job.error = sharesOutput ? nil : UnsafePointer(paths.pointers[5])
        job.appends = specification.appendsOutput ? 1 : 0
        job.mask = specification.umask
        unsafe job.argv = UnsafePointer(argv.pointers)
        unsafe job.envp = UnsafePointer(envp.pointers)
        let code = unsafe limits.withUnsafeBufferPointer { limits in
            unsafe mask.withUnsafeBufferPointer { mask in
                unsafe job.limits = limits.baseAddress
                job.limit_count = limits.count
                unsafe job.affinity = mask.isEmpty ? nil : mask.baseAddress
                job.affinity_bytes = mask.count * MemoryLayout<UInt>.size
                let code = unsafe clinux_start_job(&job, &started)
                if code == 0 || job.cgroup < 0 { return code }
                // A kernel or a sandbox without clone3(2) is no reason not to run.
                _ = try? cgroup?.remove()
                cgroup = nil
                job.cgroup = -1
                return unsafe clinux_start_job(&job, &started)
            }
        }
        guard code == 0 else { throw SystemError(call: "fork", code: code) }
        return started
    }
}
