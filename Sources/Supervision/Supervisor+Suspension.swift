internal import CLinux
internal import Glibc
internal import JobModel
internal import Linux

/// A job that stands still, so that another has its CPUs.
extension Supervisor {
    /// How often it is looked whether all stand still, a millisecond apart.
    private static var looks: Int { 200 }

    /// Stops all its processes where they stand.
    ///
    /// The job does not see a cgroup that is frozen; without one its processes are sent SIGSTOP.
    mutating func suspend() {
        guard course.phase == .running, suspendedAt == nil else { return }
        suspendedAt = Clock.monotonicMicroseconds
        run.isSuspended = true
        standStill()
    }

    /// Stops what there is of the job; one that was suspended before its start is stopped behind it.
    mutating func standStill() {
        isFrozen = (try? cgroup?.freeze(true)) != nil
        guard isFrozen else { return signalAll(SIGSTOP) }
        for _ in 0..<Self.looks where (try? cgroup?.isFrozen()) != true { usleep(1_000) }
    }

    /// Lets the job go on, on these CPUs where any are given; its time goes on, too.
    mutating func resume(on cpus: CPUSet) {
        guard course.phase == .running, suspendedAt != nil else { return }
        if !cpus.isEmpty { move(to: cpus) }
        goOn()
    }

    /// Lets a suspended job go on.
    ///
    /// What the job has stopped itself stays so where it was frozen.
    mutating func goOn() {
        guard let stopped = suspendedAt else { return }
        startedAt += Clock.monotonicMicroseconds - stopped
        suspendedAt = nil
        run.isSuspended = false
        if isFrozen { _ = try? cgroup?.freeze(false) } else { signalAll(SIGCONT) }
    }

    /// Gives every thread of the job these CPUs; while they stand still, none is added.
    private func move(to cpus: CPUSet) {
        let words = cpus.kernelWords
        guard let table = try? ProcessTable() else { return }
        for process in table.descendants(of: [run.supervisor.pid]) {
            let folder = try? Folder(path: "/proc/\(process.pid)/task")
            for name in (try? folder?.names()) ?? [] {
                guard let thread = Int32(name) else { continue }
                unsafe clinux_set_affinity(thread, words, words.count)
            }
        }
    }
}
