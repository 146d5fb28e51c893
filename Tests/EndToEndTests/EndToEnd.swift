import Testing

/// The programs as users and crashes meet them: `submit`, `schedd` and `stepd` as they were built,
/// each test with a queue of its own.
///
/// One after the other: each starts a `schedd` that gives out the same two CPUs.
@Suite(
    .serialized,
    .enabled(if: TestQueue.cpus.count == 2, "needs two CPUs"),
    .ownQueue,
    .toldWithLog
)
enum EndToEnd {}

/// Gives each test a queue, and ends all that is left of it afterwards.
struct OwnQueue: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let queue = try TestQueue()
        defer { queue.tearDown() }
        try await TestQueue.$current.withValue(queue) { try await function() }
    }
}

extension Trait where Self == OwnQueue {
    /// A queue for each test, as ``TestQueue/current``.
    static var ownQueue: OwnQueue { OwnQueue() }
}

extension Trait where Self == IssueHandlingTrait {
    /// What `schedd` said, with everything that goes wrong.
    static var toldWithLog: IssueHandlingTrait {
        .compactMapIssues { issue in
            var issue = issue
            if let queue = TestQueue.current {
                issue.comments.append("schedd said:\n\(queue.log)")
            }
            return issue
        }
    }
}
