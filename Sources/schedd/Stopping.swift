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
        unsafe poll(&ended, 1, 30_000)
        Program.exit(.success)
    }

    private static func cancelAll(_ store: QueueStore) throws {
        var open: [JobReference] = []
        repeat {
            open = []
            try store.forEachJob(JobFilter(.open)) { open.append(JobReference(id: $0.id)) }
            let now = Timestamp(microseconds: Clock.realtimeMicroseconds)
            for job in open { _ = try store.cancel(job, by: geteuid(), at: now) }
            _ = Doorbell.ring(folder: store.folder.path)
            if !open.isEmpty { usleep(100_000) }
        } while !open.isEmpty
    }
}
