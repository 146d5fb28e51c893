import Foundation
import Glibc
import JobModel
import Linux

@testable import Supervision

extension TestQueue {
    /// A process of one of this queue's attempts.
    struct Member {
        var status: ProcessStatus
        /// The attempt, as its environment names it.
        var attempt: String
        var isSupervisor: Bool
    }

    /// Every process that an attempt of this queue has started, its supervisor too.
    func members() throws -> [Member] {
        var status = stat()
        guard stat(home + "/spool", &status) == 0 else { return [] }
        let suffix = "@\(status.st_dev):\(status.st_ino)"
        var members = try ProcessTable().processes.values.compactMap { process -> Member? in
            guard !process.isZombie, let attempt = attempt(of: process.pid, suffix) else {
                return nil
            }
            let name = text("/proc/\(process.pid)/comm")
            return Member(status: process, attempt: attempt, isSupervisor: name == "stepd\n")
        }
        // What a supervisor has forked has its name until it executes the job.
        let named = Set(members.filter(\.isSupervisor).map(\.status.pid))
        for index in members.indices where named.contains(members[index].status.parent) {
            members[index].isSupervisor = false
        }
        return members
    }

    private func attempt(of pid: Int32, _ suffix: String) -> String? {
        let marker = "SLUICE_ATTEMPT="
        // A supervisor's is filled up with blanks.
        return text("/proc/\(pid)/environ").split(separator: "\0")
            .map { $0.prefix { $0 != " " } }
            .first { $0.hasPrefix(marker) && $0.hasSuffix(suffix) }
            .map { String($0.dropFirst(marker.count).dropLast(suffix.count)) }
    }

    /// Who may become the parent of a job whose supervisor has died: those above this process.
    static var guardians: Set<Int32> {
        var found: Set<Int32> = [1]
        var next = ProcessStatus.own
        while let process = next, found.insert(process.parent).inserted {
            next = ProcessStatus(of: process.parent)
        }
        return found
    }

    /// Kills a process, unless it has become another one.
    func kill(_ identity: ProcessStatus.Identity) throws {
        try ProcessHandle.open(pid: identity.pid, startTime: identity.startTime)?
            .send(signal: SIGKILL)
    }

    /// Whether a process lives, by its number as text.
    static func lives(_ pid: String) -> Bool {
        Int32(pid).flatMap { ProcessStatus(of: $0) }.map { !$0.isZombie } ?? false
    }

    /// What lies in the spool, besides records that are kept for another use.
    var spooled: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home + "/spool")) ?? []
        return names.filter { !$0.hasPrefix("spare.") }
    }

    /// The folders that this queue has in the unified hierarchy of cgroups, wherever it is mounted.
    func cgroupFolders() throws -> [String] {
        var status = stat()
        guard stat(home + "/spool", &status) == 0 else { return [] }
        let name = "sluice-\(status.st_dev)-\(status.st_ino)"
        return ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].map { "\($0)/\(name)" }
            .filter { access($0, F_OK) == 0 }
    }

    /// Ends and removes all that is left.
    func tearDown() {
        killDaemon()
        closeStore()
        let end = Clock.monotonicMicroseconds + 10_000_000
        while let left = try? remains(), !left.isEmpty, Clock.monotonicMicroseconds < end {
            for process in left { try? kill(process) }
        }
        removeCgroups()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Whatever was started with one of this queue's folders or for one of its attempts.
    private func remains() throws -> [ProcessStatus.Identity] {
        let started = try ProcessTable().processes.values.filter { process in
            !process.isZombie
                && text("/proc/\(process.pid)/environ").split(separator: "\0")
                    .contains { $0.hasPrefix("SLUICE_HOME=\(path)/") }
        }
        return started.map(\.identity) + (try members().map(\.status.identity))
    }

    private func removeCgroups() {
        guard let state = try? Folder(path: home), let spool = try? Spool(existingIn: state),
            let parent = CgroupParent.make(for: spool)
        else { return }
        let names = try? FileManager.default.contentsOfDirectory(atPath: parent.string)
        for name in names ?? [] { rmdir("\(parent.string)/\(name)") }
        CgroupParent.remove(parent)
    }
}
