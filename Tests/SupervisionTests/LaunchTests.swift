import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import Supervision

/// What a job finds, and what is told of its end.
struct LaunchTests {
    let queue: TestQueue

    init() throws {
        queue = try TestQueue()
    }

    @Test func `an exit status comes through`() throws {
        let outcome = try queue.run(script: "echo hello; exit 3")
        #expect(outcome.cause == .exited)
        #expect(outcome.exitCode == 3)
        #expect(outcome.signal == 0)
        #expect(queue.text() == "hello\n")
    }
}
