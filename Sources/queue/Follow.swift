import CommandLineSupport
import Glibc
import JobModel
import Linux
import QueueStore

/// `--follow`: a job's output as it grows, and its exit status at the end.
struct Follow {
    private let job: JobReference
    private var attempt = 0
    /// The file that was printed last: the job may have put another one in its place.
    private var file: FileIdentity?
    private var printed: off_t = 0

    init(_ job: JobReference) {
        self.job = job
    }

    /// How often it looks, in microseconds.
    private static let pause: UInt32 = 50_000

    /// Prints until the job has ended, and ends with its status.
    consuming func run() -> Never {
        var follow = self
        let status = Program.withQueue { store in
            while true {
                let job = try follow.look(store)
                if job.attempts > 0 { try follow.print(job) }
                // It had ended before the file was read: all that it wrote has been printed.
                if job.state.isEnded { return Self.exitStatus(of: job) }
                usleep(Self.pause)
            }
        }
        exit(status)
    }

    private func look(_ store: QueueStore) throws -> JobRecord {
        var filter = JobFilter(.jobs([job]))
        filter.wantsDetails = true
        var found: [JobRecord] = []
        try store.forEachJob(filter) { found.append($0) }
        guard let first = found.first else { throw QueueError.unknownJob(job) }
        let isTask = job.tasks?.count == 1
        guard found.count == 1, isTask || !first.isSet else {
            let index = first.taskIndex ?? first.waiting?.min ?? 0
            Program.fail(
                "\(job) is more than one task; follow one, such as \(job.id)_\(index)",
                .usage
            )
        }
        return first
    }

    /// The exit status, 128 and the signal that ended it, or 1 where it ended without either.
    private static func exitStatus(of job: JobRecord) -> CInt {
        if let signal = job.signal, signal > 0 { return 128 + CInt(signal) }
        if let code = job.exitCode, code > 0 { return CInt(code) }
        return job.state == .completed ? 0 : 1
    }

    /// Prints what the file has beyond what has been printed.
    ///
    /// A job that runs again begins its file anew, unless it adds to it.
    private mutating func print(_ job: JobRecord) throws {
        guard let details = job.details else { return }
        if job.attempts != attempt, !details.appendsOutput { printed = 0 }
        attempt = job.attempts
        let path = details.outputPath.bytes
        guard let file = try? openFile(in: AT_FDCWD, path, O_RDONLY | O_NONBLOCK) else { return }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        guard details.appendsOutput || isOf(job, status) else { return }
        let identity = try FileIdentity(of: file)
        if status.st_size < printed || identity != self.file { printed = 0 }
        self.file = identity
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(file.number, &buffer, buffer.count, printed)
            guard count > 0 else { return }
            printed += off_t(count)
            var output = OutputBuffer(capacity: count)
            output.append(raw: buffer.span.extracting(first: count))
            try output.write(to: STDOUT_FILENO)
        }
    }

    /// Whether what is in the file is the job's.
    ///
    /// Before a job has begun its file anew, what is there is somebody else's: then it was last
    /// written to before the attempt began.
    private func isOf(_ job: JobRecord, _ status: stat) -> Bool {
        if job.state.isEnded { return job.reason != .jobLaunchFailure }
        guard let started = job.started else { return false }
        let written =
            Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1_000
        return written + Self.clockTick >= started.microseconds
    }

    /// By how much a file's time may be behind the clock, in microseconds: the kernel's longest tick.
    private static let clockTick: Int64 = 10_000
}
