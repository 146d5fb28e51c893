internal import Glibc
internal import JobModel
internal import Linux

/// What a job leaves behind whose supervisor has died.
///
/// With a cgroup, that is what is in it. Without one, its processes are found by ancestry, session
/// and a variable in their environment; what has left all three is not found.
struct Remains {
    /// How often the processes are looked for in one go before the caller has a turn.
    private static let rounds = 20

    /// What the supervisor had noted down; nil where the record is gone.
    let run: RunSlot?
    /// The variable that the job's processes were started with.
    let marker: ByteString

    /// Kills all that is left, for at most some ten milliseconds; whether nothing is left now.
    func end() throws(SystemError) -> Bool {
        if let path = run?.cgroup { return try Self.end(inCgroup: path) }
        for _ in 0..<Self.rounds {
            // Stopped before any is killed: what has lost its parent can no longer be found by it,
            // and what is stopped does not fork.
            var stopped: Set<ProcessStatus.Identity> = []
            while try stop(besides: &stopped) {}
            if stopped.isEmpty { return true }
            for process in stopped { try Self.send(SIGKILL, to: process) { _ in true } }
            usleep(1_000)
        }
        return false
    }

    /// Whether any process of the attempt is there.
    func exist() throws(SystemError) -> Bool {
        try !members(of: ProcessTable()).isEmpty
    }

    private static func end(inCgroup path: ByteString) throws(SystemError) -> Bool {
        guard let cgroup = try Cgroup.open(path) else { return true }
        for _ in 0..<rounds {
            try cgroup.kill()
            if try !cgroup.isPopulated(), try cgroup.remove() { return true }
            usleep(1_000)
        }
        return false
    }

    /// Stops all that is not stopped yet; whether there was something.
    private func stop(besides stopped: inout Set<ProcessStatus.Identity>) throws(SystemError)
        -> Bool
    {
        var found = false
        for process in members(of: try ProcessTable()) where !stopped.contains(process.identity) {
            // The table was not read in one instant: what has another parent by now may be a
            // stranger.
            let isSame: (ProcessStatus) -> Bool = { $0.parent == process.parent }
            guard try Self.send(SIGSTOP, to: process.identity, where: isSame) else { continue }
            stopped.insert(process.identity)
            found = true
        }
        return found
    }

    /// Whether the signal went out.
    @discardableResult
    private static func send(
        _ signal: CInt,
        to process: ProcessStatus.Identity,
        where isMeant: (ProcessStatus) -> Bool
    ) throws(SystemError) -> Bool {
        let handle = try ProcessHandle.open(pid: process.pid) {
            $0.identity == process && isMeant($0)
        }
        do throws(SystemError) {
            return try handle?.send(signal: signal) ?? false
        } catch  where error.code == EPERM {
            // A program that runs as another user is not ours to end.
            return false
        }
    }

    /// The attempt's living processes, parents before their children.
    private func members(of table: ProcessTable) -> [ProcessStatus] {
        var roots: Set<Int32> = []
        var sessions: Set<Int32> = []
        if let job = run?.job, table.processes[job.pid]?.startTime == job.startTime {
            roots.insert(job.pid)
            sessions.insert(job.pid)
        }
        for process in table.processes.values where isMarked(process) {
            roots.insert(process.pid)
            // Somebody else may have the number of the job's session once that is empty; as long
            // as one of the job's own is in it, nobody has.
            if process.session == run?.job?.pid { sessions.insert(process.session) }
        }
        for process in table.processes.values where sessions.contains(process.session) {
            roots.insert(process.pid)
        }
        let own = getpid()
        return (roots.compactMap { table.processes[$0] } + table.descendants(of: roots)).filter {
            !$0.isZombie && $0.pid != own && $0.pid != 1
        }
    }

    private func isMarked(_ process: ProcessStatus) -> Bool {
        let path = Array("/proc/\(process.pid)/environ".utf8)
        guard let file = try? openFile(in: AT_FDCWD, path, O_RDONLY),
            let environment = try? file.readToEnd()
        else { return false }
        return environment.split(separator: 0).contains { entry in
            guard entry.starts(with: marker.bytes) else { return false }
            // A supervisor's has room for another attempt behind it.
            return entry.dropFirst(marker.bytes.count).allSatisfy { $0 == UInt8(ascii: " ") }
        }
    }
}
