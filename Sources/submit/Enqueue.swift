internal import CommandLineSupport
internal import Glibc
internal import JobModel
internal import Linux
internal import QueueStore

/// Puts a job in the queue and tells its submitter.
func enqueue(_ submission: Submission) -> Never {
    do {
        let store = try QueueStore(folder: .standard)
        let now = Timestamp(microseconds: Clock.realtimeMicroseconds)
        let id = try store.submit(submission.description, at: now)
        if !Doorbell.ring(folder: store.folder.path) {
            Program.warn("no schedd runs for this queue; job \(id) waits until one is started")
        }
        var output = OutputBuffer()
        output.append(submission.isParsable ? "\(id)\n" : "Submitted batch job \(id)\n")
        guard submission.waits else { Program.finish(output) }
        try output.write(to: STDOUT_FILENO)
        exit(try wait(for: id, in: store))
    } catch let error as QueueError {
        Program.fail("\(error)", status(of: error))
    } catch {
        Program.fail("\(error)", .inputOutput)
    }
}

/// Waits for the end of a job.
///
/// - Returns: its exit status; 1 where it ended in another way, or an array's task failed.
private func wait(for id: JobID, in store: QueueStore) throws -> CInt {
    while true {
        if let end = try store.end(of: id) {
            return end.state == .completed ? 0 : CInt(max(end.exitCode, 1))
        }
        usleep(50_000)
    }
}

private func status(of error: QueueError) -> ExitStatus {
    switch error {
    case .impossible, .unknownJob, .wrongState, .notAnArray: .refused
    case .database where error.isBusy: .busy
    case .system: .inputOutput
    case .folder, .database, .version, .foreign, .missing, .damaged: .unavailable
    }
}
