import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import Supervision

/// `stepd` killed at every point of its second attempt and on the way there: what it served first
/// has ended, what it was to serve next runs once at most, and what is said of both is true.
struct HandoverCrashTests {
    let queue: TestQueue
    let first: AttemptID
    let second: AttemptID

    init() throws {
        queue = try TestQueue()
        first = queue.attempt(job: 17)
        second = queue.attempt(job: 18)
    }

    /// What came of both attempts under a supervisor that was to be killed on its way.
    private func findings(supervisor: String, orders: Bool = false) throws -> [Finding] {
        let running = try queue.launchWrapped(
            queue.script("echo ran >> witness.17; exit 3", attempt: first),
            supervisor: supervisor
        )
        let link = try #require(running.supervisor)
        try queue.await("the first has ended, or its supervisor has") {
            try running.outcome() != nil || link.reap()
        }
        var next = queue.script(
            "echo ran >> witness.18; while [ -e hold ]; do sleep 0.01; done; exit 4",
            attempt: second
        )
        next.killWait = 0
        if orders { try queue.touch("hold") }
        if let running = try queue.handOver(next, to: link), orders {
            try queue.await("the second runs") { !queue.lines("witness.18").isEmpty }
            _ = try running.give(.cancel, number: 1)
        }
        queue.awaitExit(link)
        return try [queue.settle(first), queue.settle(second)]
    }

    /// Checks what is said of an attempt, and goes on as the daemon would.
    private func check(_ finding: Finding, of attempt: AttemptID, at place: String) throws {
        let witness = "witness.\(attempt.job)"
        let exitCode = attempt == first ? 3 : 4
        let runs = queue.lines(witness).count
        switch finding {
        case .ended(let outcome):
            #expect(runs == 1, "\(attempt) at \(place)")
            #expect(
                outcome.cause == .cancelled || outcome.exitCode == exitCode,
                "\(attempt) at \(place): \(outcome)"
            )
        case .supervisorDied: #expect(runs <= 1, "\(attempt) at \(place)")
        case .neverStarted:
            #expect(runs == 0, "\(attempt) at \(place)")
            try queue.spool.remove(attempt)
            let again = AttemptID(job: attempt.job, number: 2)
            let script = queue.script("echo ran >> \(witness); exit \(exitCode)", attempt: again)
            #expect(try queue.run(script).exitCode == exitCode, "\(attempt) at \(place)")
            #expect(queue.lines(witness).count == 1, "\(attempt) at \(place)")
        case .alive, .otherBoot, .dying: Issue.record("\(attempt): \(finding) at \(place)")
        }
        #expect(try !Remains(run: nil, marker: queue.spool.marker(of: attempt)).exist())
    }

    private func checkBoth(_ findings: [Finding], at place: String) throws {
        try check(findings[0], of: first, at: place)
        try check(findings[1], of: second, at: place)
        for attempt in try queue.spool.attempts() { try queue.spool.remove(attempt) }
        for witness in ["witness.17", "witness.18"] { try queue.state.remove(witness) }
    }

    static let points =
        CrashTests.pointsBetween
        + CrashTests.supervisorPoints.filter { $0 != .supervisorStarted }

    @Test(arguments: points)
    func `a supervisor killed in its second attempt leaves the truth`(_ point: CrashPoint) throws {
        let isOrder = point == .orderCarriedOut
        let turn = isOrder || CrashTests.pointsBetween.contains(point) ? "" : "@2"
        let wrapper = try queue.wrapper(
            "SLUICE_CRASH_POINT=\(point.rawValue)\(turn) exec \(TestQueue.stepd) \"$@\""
        )
        let findings = try findings(supervisor: wrapper, orders: isOrder)
        guard case .ended = findings[0] else {
            Issue.record("the first: \(findings[0])")
            return
        }
        switch (point, findings[1]) {
        case (.supervisorIdle, .neverStarted), (.attemptTaken, .neverStarted),
            (.supervisorNoted, .neverStarted), (.scriptWritten, .neverStarted),
            (.jobForked, .neverStarted), (.exitWritten, .ended), (.bellRung, .ended),
            (.jobNoted, .supervisorDied), (.jobReleased, .supervisorDied),
            (.jobEnded, .supervisorDied), (.jobCleared, .supervisorDied),
            (.orderCarriedOut, .supervisorDied):
            break
        default: Issue.record("the second: \(findings[1])")
        }
        try checkBoth(findings, at: point.rawValue)
    }

    @Test(
        .enabled(if: CrashTests.strace != nil, "strace is not installed"),
        arguments: [
            ("recvmsg", 2), ("sendmsg", 2), ("pwrite64", 6), ("pread64", 6), ("newfstatat", 2),
            ("clone", 2), ("write", 2), ("openat", 4), ("close", 10), ("wait4", 4),
        ]
    )
    func `a supervisor killed at any system call of two attempts leaves the truth`(
        _ call: String,
        _ least: Int
    ) throws {
        let strace = try #require(CrashTests.strace)
        for number in 1...200 {
            let wrapper = try queue.wrapper(
                "exec \(strace) -D -o \(queue.path)/trace -e trace=\(call) "
                    + "-e inject=\(call):signal=KILL:when=\(number) \(TestQueue.stepd) \"$@\""
            )
            let findings = try findings(supervisor: wrapper)
            try checkBoth(findings, at: "\(call) \(number)")
            if !queue.text("trace").contains("killed by SIGKILL") {
                #expect(number > least, "\(call) was called only \(number - 1) times")
                return
            }
        }
        Issue.record("\(call) is called more than 200 times")
    }
}
