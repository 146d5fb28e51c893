import CommandLineSupport
import Glibc
import JobModel
import Linux
import QueueStore

/// `--stop`: ends the `schedd` that runs, its jobs first where that is asked for.
enum Stopping {
    static func stop(cancelsJobs: Bool) throws -> Never {
        let store = try QueueStore(folder: .standard)
        let process = try Program.daemon(of: store)
        if cancelsJobs { try cancelAll(store) }
        try process.send(signal: SIGTERM)
        guard process.hasEnded(within: 30_000) else {
            Program.fail(
                "schedd (pid \(process.pid)) has not stopped in 30 seconds",
                .unavailable
            )
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
