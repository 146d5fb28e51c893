import CommandLineSupport
import Glibc
import JobModel
import QueueStore

/// `--follow`: a job's output as it grows, and its exit status at the end.
enum Follow {
    static func run(_ reference: JobReference) -> Never {
        let status = Program.withQueue { store in
            var printed: off_t = 0
            while true {
                guard let job = try record(reference, store) else {
                    throw QueueError.unknownJob(reference)
                }
                if let path = job.details?.outputPath, job.attempts > 0 {
                    try print(path, from: &printed)
                }
                // The end is looked at first: what was written before it has been printed now.
                if job.state.isEnded { return exitStatus(of: job) }
                usleep(50_000)
            }
        }
        exit(status)
    }

    private static func record(_ reference: JobReference, _ store: QueueStore) throws -> JobRecord?
    {
        var filter = JobFilter(.jobs([reference]))
        filter.wantsDetails = true
        var found: [JobRecord] = []
        try store.forEachJob(filter) { found.append($0) }
        guard found.count > 1 else { return found.first }
        Program.fail(
            "job \(reference) is an array; follow one task, such as \(found[0].label)",
            .usage
        )
    }

    private static func exitStatus(of job: JobRecord) -> CInt {
        if let signal = job.signal, signal > 0 { return 128 + CInt(signal) }
        if let code = job.exitCode, code > 0 { return CInt(code) }
        return job.state == .completed ? 0 : 1
    }

    /// Prints what the file has beyond what has been printed; a job that starts anew truncates it.
    private static func print(_ path: ByteString, from printed: inout off_t) throws {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        if status.st_size < printed { printed = 0 }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, printed)
            guard count > 0 else { return }
            printed += off_t(count)
            var output = OutputBuffer(capacity: count)
            output.append(raw: ByteString(Array(buffer[..<count])))
            try output.write(to: STDOUT_FILENO)
        }
    }
}
