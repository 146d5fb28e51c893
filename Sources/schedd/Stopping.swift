import CommandLineSupport
import Glibc
import JobModel
import Linux
import QueueStore

/// `--stop`: ends the `schedd` that runs, its jobs first where that is asked for.
enum Stopping {
    static func stop(cancelsJobs: Bool) throws -> Never {
        let store = try QueueStore(folder: .standard)
        guard Doorbell.ring(folder: store.folder.path), let pid = try store.daemonPID() else {
            Program.fail("no schedd runs for \(store.folder.path)", .refused)
        }
        if cancelsJobs { try cancelAll(store) }
        guard let process = try ProcessHandle.open(pid: Int32(pid), where: { _ in true }) else {
            Program.fail("no schedd runs for \(store.folder.path)", .refused)
        }
        try process.send(signal: SIGTERM)
        var ended = pollfd(fd: process.descriptor.number, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&ended, 1, 30_000) != 0 else {
            Program.fail("schedd (pid \(pid)) has not stopped in 30 seconds", .unavailable)
        }
        Program.exit(.success)
    }

    private static func cancelAll(_ store: QueueStore) throws {
        while true {
            var isEmpty = true
            var fresh: [JobReference] = []
            try store.forEachJob(JobFilter(.open)) { job in
                isEmpty = false
                // What runs is told once, and then has its time to end.
                if job.cancelledBy == nil { fresh.append(JobReference(id: job.id)) }
            }
            if isEmpty { return }
            let now = Timestamp(microseconds: Clock.realtimeMicroseconds)
            for job in fresh { _ = try store.cancel(job, by: geteuid(), at: now) }
            guard Doorbell.ring(folder: store.folder.path) else {
                Program.fail("schedd ended before its jobs had", .unavailable)
            }
            usleep(50_000)
        }
    }
}
