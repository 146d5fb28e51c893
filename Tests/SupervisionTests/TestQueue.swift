import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import Supervision

/// A state folder with a spool, and the part of `schedd` that launches and looks.
final class TestQueue {
    let path: String
    let state: Folder
    var spool: Spool
    let boot: BootIdentity
    let bell: Doorbell.Listener

    init() throws {
        let template = NSTemporaryDirectory() + "sluice-test-XXXXXX"
        var bytes = Array(template.utf8CString)
        guard let made = mkdtemp(&bytes) else { throw SystemError(call: "mkdtemp", code: errno) }
        path = String(cString: made)
        state = try Folder(path: path)
        spool = try Spool(in: state)
        boot = try BootIdentity.current()
        bell = try Doorbell.Listener(in: state)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// `stepd` as it was built beside the tests.
    static var stepd: String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = String(decoding: buffer.prefix(max(0, length)).map(UInt8.init), as: UTF8.self)
        let folder = own.split(separator: "/").dropLast()
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let base = bundle.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        return (base ?? "/" + folder.joined(separator: "/")) + "/stepd"
    }

    func attempt(_ number: Int = 1, job: Int64 = 17) -> AttemptID {
        AttemptID(job: JobID(rawValue: job), number: number)
    }

    /// A script to launch, its output in `out` in the state folder.
    func script(_ lines: String, attempt: AttemptID? = nil) -> LaunchSpecification {
        specification(.script(ByteString("#!/bin/sh\n" + lines + "\n"), arguments: []), attempt)
    }

    func specification(
        _ payload: JobDescription.Payload,
        _ attempt: AttemptID? = nil
    ) -> LaunchSpecification {
        var specification = LaunchSpecification(
            attempt: attempt ?? self.attempt(),
            stateFolder: ByteString(path),
            payload: payload,
            environment: ["PATH=/usr/bin:/bin"],
            workDirectory: ByteString(path),
            outputPath: ByteString(path + "/out")
        )
        specification.killWait = 60
        return specification
    }

    func launch(
        _ specification: LaunchSpecification,
        supervisor: String = TestQueue.stepd
    ) throws -> SupervisedAttempt {
        let record = try spool.create(ClaimSlot(attempt: specification.attempt, boot: boot))
        return try spool.launch(specification, record: record, supervisor: supervisor)
    }

    /// Launches with a supervisor that was written just now, which the child of another test may
    /// still have open for writing.
    func launchWrapped(
        _ specification: LaunchSpecification,
        supervisor: String
    ) throws -> SupervisedAttempt {
        while true {
            do {
                return try launch(specification, supervisor: supervisor)
            } catch let error as SystemError where error.code == ETXTBSY {
                continue
            }
        }
    }

    /// A program that is this line of a shell.
    func wrapper(_ command: String) throws -> String {
        let path = self.path + "/wrapper"
        try "#!/bin/sh\n\(command)\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(chmod(path, 0o755) == 0)
        return path
    }

    /// Launches and waits for the end.
    func run(_ specification: LaunchSpecification) throws -> Outcome {
        let running = try launch(specification)
        awaitExit(running)
        return try #require(try running.outcome())
    }

    func run(script lines: String) throws -> Outcome {
        try run(script(lines))
    }

    /// Gives an attempt to a supervisor that has served another; nil where it does not take it.
    func handOver(
        _ specification: LaunchSpecification,
        to link: SupervisorLink
    ) throws -> SupervisedAttempt? {
        let record = try spool.create(ClaimSlot(attempt: specification.attempt, boot: boot))
        return try spool.handOver(specification, record: record, to: link)
    }

    /// Waits until the end of an attempt stands in its record.
    @discardableResult
    func awaitOutcome(_ running: SupervisedAttempt) throws -> Outcome {
        try self.await("\(running.attempt) has ended") { try running.outcome() != nil }
        return try #require(try running.outcome())
    }

    /// Lets the supervisor go, waits for its end and reaps it.
    func awaitExit(_ running: SupervisedAttempt) {
        if let link = running.supervisor { awaitExit(link) }
    }

    /// The same for a supervisor of which no attempt is known.
    func awaitExit(_ link: SupervisorLink) {
        link.dismiss()
        awaitEnd(of: link)
    }

    /// Waits until a supervisor ends by itself, and reaps it.
    func awaitEnd(of link: SupervisorLink) {
        var awaited = pollfd(fd: link.pidfd, events: Int16(POLLIN), revents: 0)
        #expect(poll(&awaited, 1, 60_000) == 1, "the supervisor has not ended")
        _ = link.reap()
    }

    func text(_ name: String = "out") -> String {
        (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? ""
    }

    func touch(_ name: String) throws {
        _ = try state.open(name, O_CREAT | O_WRONLY)
    }

    func lines(_ name: String = "out") -> [String] {
        text(name).split(separator: "\n").map(String.init)
    }

    /// Looks again and again until something is so, for at most a minute.
    func await(_ what: String, _ condition: () throws -> Bool) throws {
        let end = Clock.monotonicMicroseconds + 60_000_000
        while try !condition() {
            guard Clock.monotonicMicroseconds < end else {
                Issue.record("never: \(what); output: \(text())")
                return
            }
            usleep(2_000)
        }
    }

    /// What recovery says now.
    func examine(_ attempt: AttemptID) throws -> Finding {
        try spool.examine(attempt, claimedIn: boot, now: boot)
    }

    /// What recovery says of an attempt that does not live, once it has said all that it can.
    ///
    /// A tracer, and a child of another test that has not executed yet, may have the record open
    /// for a moment longer.
    func settle(_ attempt: AttemptID, claimedIn: BootIdentity? = nil) throws -> Finding {
        let end = Clock.monotonicMicroseconds + 60_000_000
        while true {
            let finding = try spool.examine(attempt, claimedIn: claimedIn ?? boot, now: boot)
            switch finding {
            case .alive, .dying: guard Clock.monotonicMicroseconds < end else { return finding }
            default: return finding
            }
            usleep(2_000)
        }
    }

    /// Whether an attempt can have a cgroup here.
    static var hasCgroups: Bool {
        guard let queue = try? TestQueue(), let parent = CgroupParent.make(for: queue.spool) else {
            return false
        }
        CgroupParent.remove(parent)
        return true
    }

    /// Whether a process lives.
    static func lives(_ pid: String) -> Bool {
        guard let number = Int32(pid), let status = ProcessStatus(of: number) else { return false }
        return !status.isZombie
    }
}
