internal import CommandLineSupport
internal import Glibc
internal import JobModel
internal import Linux
internal import QueueStore

/// Puts a job in the queue and tells its submitter.
func enqueue(_ submission: Submission) -> Never {
    // The job is queued by then, whoever has stopped reading.
    signal(SIGPIPE, SIG_IGN)
    exit(Program.withQueue { try submit(submission, $0) })
}

private func submit(_ submission: Submission, _ store: QueueStore) throws -> CInt {
    let id = try store.submit(submission.description, at: Program.now)
    let isHeard = Doorbell.ring(folder: store.folder.path)
    if !isHeard {
        Program.warn(
            "no schedd runs for this queue; job \(id) waits until one does: "
                + Program.startingCommand
        )
    }
    var output = OutputBuffer()
    output.append(submission.isParsable ? "\(id)\n" : "Submitted batch job \(id)\n")
    do {
        try output.write(to: STDOUT_FILENO)
    } catch {
        Program.fail(
            "job \(id) is queued, but standard output cannot take its number: \(error.reason)",
            .inputOutput
        )
    }
    // Whoever closes a queue as the last of all tidies it up; where schedd has it open, that is
    // not to be waited for.
    if isHeard, !submission.waits { exit(0) }
    return submission.waits ? try wait(for: id, in: store) : 0
}

/// Waits for the end of a job.
///
/// - Returns: its exit status, for an array the highest of its tasks'; 1 where it ended in another
///   way.
private func wait(for id: JobID, in store: QueueStore) throws -> CInt {
    while true {
        if let end = try store.end(of: id) {
            return end.state == .completed ? 0 : CInt(max(end.exitCode, 1))
        }
        usleep(50_000)
    }
}
