import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import Supervision

/// `stepd` killed at every point that can be named or traced: its job runs once at most, and what
/// is said of it is true.
struct CrashTests {
    let queue: TestQueue

    init() throws {
        queue = try TestQueue()
    }

    /// What came of an attempt under a supervisor that was to be killed on its way.
    private func examineCrash(supervisor: String, orders: Bool = false) throws -> Finding {
        var specification = queue.script(
            "echo ran >> witness; while [ -e hold ]; do sleep 0.01; done; exit 3"
        )
        specification.killWait = 0
        if orders { try queue.touch("hold") }
        let running = try queue.launchWrapped(specification, supervisor: supervisor)
        if orders {
            try queue.await("the job runs") { !queue.lines("witness").isEmpty }
            _ = try running.give(.cancel, number: 1)
        }
        queue.awaitExit(running)
        return try queue.settle(queue.attempt())
    }

    /// Checks that a finding is true, and goes on as the daemon would.
    private func check(_ finding: Finding, cancelled: Bool, at place: String) throws {
        let runs = queue.lines("witness").count
        switch finding {
        case .ended(let outcome):
            #expect(outcome.cause == (cancelled ? .cancelled : .exited), "\(place)")
            if !cancelled { #expect(outcome.exitCode == 3 && runs == 1, "\(place)") }
        case .supervisorDied:
            #expect(runs <= 1, "\(place)")
        case .neverStarted:
            #expect(runs == 0, "\(place)")
            try queue.spool.remove(queue.attempt())
            let again = queue.script("echo ran >> witness; exit 3", attempt: queue.attempt(2))
            #expect(try queue.run(again).exitCode == 3, "\(place)")
            #expect(queue.lines("witness").count == 1, "\(place)")
        case .alive, .otherBoot, .dying:
            Issue.record("\(finding) at \(place)")
        }
        #expect(try !Remains(run: nil, marker: queue.spool.marker(of: queue.attempt())).exist())
        for attempt in try queue.spool.attempts() { try queue.spool.remove(attempt) }
        #expect(try queue.spool.attempts().isEmpty, "\(place)")
    }

    static let supervisorPoints: [CrashPoint] = [
        .supervisorStarted, .supervisorNoted, .scriptWritten, .jobForked, .jobNoted, .jobReleased,
        .jobEnded, .orderCarriedOut, .jobCleared, .exitWritten, .bellRung,
    ]

    /// Those that come between two attempts.
    static let pointsBetween: [CrashPoint] = [.supervisorIdle, .attemptTaken]

    @Test(arguments: supervisorPoints)
    func `a supervisor killed at a named point leaves the truth`(_ point: CrashPoint) throws {
        let command = "SLUICE_CRASH_POINT=\(point.rawValue) exec \(TestQueue.stepd) \"$@\""
        let wrapper = try queue.wrapper(command)
        let cancelled = point == .orderCarriedOut
        let finding = try examineCrash(supervisor: wrapper, orders: cancelled)
        switch point {
        case .supervisorStarted, .supervisorNoted, .scriptWritten, .jobForked:
            guard case .neverStarted = finding else {
                Issue.record("\(finding)")
                return
            }
        case .exitWritten, .bellRung:
            guard case .ended = finding else {
                Issue.record("\(finding)")
                return
            }
        default:
            guard case .supervisorDied = finding else {
                Issue.record("\(finding)")
                return
            }
        }
        try check(finding, cancelled: cancelled, at: point.rawValue)
    }

    @Test func `every point is the supervisor's or the daemon's`() {
        let daemonPoints: [CrashPoint] = [
            .recordMade, .recordLocked, .supervisorSpawned, .attemptHandedOver, .orderWritten,
            .scriptFolderRemoved,
        ]
        #expect(
            Set(Self.supervisorPoints + Self.pointsBetween + daemonPoints)
                == Set(CrashPoint.allCases)
        )
    }

    static let strace: String? = ["/usr/bin/strace", "/bin/strace"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// The system calls of `stepd`, and how often one job needs each at least.
    static let calls: [(String, Int)] = [
        ("write", 3), ("pwrite64", 3), ("read", 4), ("pread64", 3), ("openat", 8), ("close", 8),
        ("fcntl", 2), ("prctl", 1), ("umask", 1), ("mkdirat", 1), ("unlinkat", 2), ("pipe2", 2),
        ("clone", 1), ("wait4", 2), ("rt_sigtimedwait", 0), ("socket", 1),
        ("sendto", 1), ("fsync", 1), ("exit_group", 1),
    ]

    @Test(
        .enabled(if: strace != nil, "strace is not installed"),
        arguments: calls
    )
    func `a supervisor killed at any system call leaves the truth`(_ call: String, _ least: Int)
        throws
    {
        let strace = try #require(Self.strace)
        // Nobody hears the bell, so that the supervisor itself makes the end durable.
        try queue.state.remove(Doorbell.name)
        for number in 1...200 {
            // Detached: the supervisor is still the child, the tracer its nephew.
            let wrapper = try queue.wrapper(
                "exec \(strace) -D -o \(queue.path)/trace -e trace=\(call) "
                    + "-e inject=\(call):signal=KILL:when=\(number) \(TestQueue.stepd) \"$@\""
            )
            try? FileManager.default.removeItem(atPath: queue.path + "/witness")
            let finding = try examineCrash(supervisor: wrapper)
            try check(finding, cancelled: false, at: "\(call) \(number)")
            if !queue.text("trace").contains("killed by SIGKILL") {
                #expect(number > least, "\(call) was called only \(number - 1) times")
                guard case .ended = finding else {
                    Issue.record("\(finding) though nothing was killed, \(call) \(number)")
                    return
                }
                return
            }
        }
        Issue.record("\(call) is called more than 200 times")
    }

    @Test(
        .enabled(if: strace != nil, "strace is not installed"),
        arguments: ["pwrite64", "clone", "pipe2", "mkdirat", "openat", "sendto", "write"]
    )
    func `a system call that fails loses no job`(_ call: String) throws {
        let strace = try #require(Self.strace)
        for number in 1...60 {
            let wrapper = try queue.wrapper(
                "exec \(strace) -D -o \(queue.path)/trace -e trace=\(call) "
                    + "-e inject=\(call):error=EIO:when=\(number) \(TestQueue.stepd) \"$@\""
            )
            try? FileManager.default.removeItem(atPath: queue.path + "/witness")
            let finding = try examineCrash(supervisor: wrapper)
            let runs = queue.lines("witness").count
            switch finding {
            case .ended(let outcome)
            where outcome.cause == .launchFailed || outcome.cause == .neverStarted:
                #expect(runs == 0, "\(call) \(number)")
                #expect(!outcome.message.isEmpty, "\(call) \(number)")
            case .ended(let outcome):
                #expect(outcome.exitCode == 3 && runs == 1, "\(call) \(number): \(outcome)")
            case .supervisorDied: #expect(runs <= 1, "\(call) \(number)")
            case .neverStarted: #expect(runs == 0, "\(call) \(number)")
            case .alive, .otherBoot, .dying: Issue.record("\(finding) at \(call) \(number)")
            }
            #expect(try !Remains(run: nil, marker: queue.spool.marker(of: queue.attempt())).exist())
            for attempt in try queue.spool.attempts() { try queue.spool.remove(attempt) }
            if !queue.text("trace").contains("INJECTED") { return }
        }
    }
}
