import CommandLineSupport
import JobModel

/// A job ready for the queue, and how its submitter wants to hear of it.
struct Submission {
    /// The job.
    var description: JobDescription
    /// `--parsable`: the id alone is printed.
    var isParsable: Bool
    /// `--wait`: the tool ends with the job, and as the job did.
    var waits: Bool

    /// What a command line asks for, with everything looked at that can be before the queue is
    /// touched.
    ///
    /// The command line wins over variables, these win over the script's lines (sbatch(1)).
    init(
        _ reading: OptionReading,
        variables: [OptionSetting],
        caller: CallerContext
    ) throws(SubmitError) {
        let table = SubmitOptions.table
        var options = SubmitOptions()
        let source: PayloadSource
        do {
            // Once for what decides about the script, and so that a mistake here is told first.
            try table.apply(variables + reading.settings, to: &options)
            source = try PayloadSource(
                operands: reading.operands,
                wrap: options.wrap,
                caller: caller
            )
            options = SubmitOptions()
            if let script = source.script {
                let lines = try source.optionWords(of: script)
                try table.apply(try table.list.read(lines, of: source.label), to: &options)
            }
            try table.apply(variables + reading.settings, to: &options)
        } catch let error as OptionError {
            throw .option(error)
        } catch let error as SubmitError {
            throw error
        } catch {
            preconditionFailure("an error of no known kind: \(error)")
        }
        try options.shareGPU()
        let folder = caller.absolutePath(options.workDirectory ?? caller.workDirectory)
        try caller.requireFolder(folder, for: "the working directory")
        for pattern in [options.output, options.error] {
            try caller.requireFolder(ofOutput: pattern, in: folder)
        }
        description = options.description(of: source, in: folder, caller: caller)
        isParsable = options.isParsable
        waits = options.waits
    }
}

extension SubmitOptions {
    /// Makes the request one for a share, where `--gpu-memory` was given.
    fileprivate mutating func shareGPU() throws(SubmitError) {
        guard let gpuMemory else { return }
        var share = request.gpus ?? GPURequest(count: 1)
        guard share.count == 1 else { throw .sharedGPUs(share) }
        share.memory = gpuMemory
        request.gpus = share
    }

    /// The job that these options and a payload make.
    fileprivate func description(
        of source: PayloadSource,
        in folder: ByteString,
        caller: CallerContext
    ) -> JobDescription {
        var job = JobDescription(
            name: name ?? source.name,
            uid: caller.uid,
            gid: caller.gid,
            payload: source.payload,
            environment: export.environment(from: caller.environment),
            workDirectory: folder,
            umask: caller.umask,
            limits: caller.limits
        )
        if folder != caller.workDirectory {
            // Elsewhere it is the folder that the job starts in.
            job.environment.append(
                ByteString(Array("SLURM_SUBMIT_DIR=".utf8) + caller.workDirectory.bytes)
            )
        }
        job.inputPattern = input
        job.outputPattern = output
        job.errorPattern = error
        job.appendsOutput = appendsOutput
        job.request = request
        job.timeLimit = timeLimit
        job.priority = priority
        job.nice = nice
        job.isHeld = isHeld
        job.allowsRequeue = allowsRequeue
        job.array = array?.indices
        job.arrayThrottle = array?.throttle
        job.dependency = dependency
        job.comment = comment
        return job
    }
}
