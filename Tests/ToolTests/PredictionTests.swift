import Foundation
import JobModel
import QueueStore
import Testing

/// `history --predictions`.
struct PredictionTests {
    let queue: ToolQueue
    /// Noon, so that nothing ends on another day.
    private let noon = Timestamp(microseconds: 1_700_049_600_000_000)

    init() throws { queue = try ToolQueue() }

    private func after(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: noon.microseconds + seconds * 1_000_000)
    }

    /// A job that was expected to run so long, and ran so long.
    @discardableResult
    private func ran(
        _ seconds: Int64,
        predicted: Int64?,
        limit: Int64? = nil,
        exitCode: Int = 0
    ) throws -> JobID {
        let job = try queue.submit("train") { $0.timeLimit = limit.map { .seconds($0) } }
        let attempt = try queue.start(job, predicted: predicted, at: noon)
        try queue.end(attempt, exitCode: exitCode, at: after(seconds))
        return job
    }

    /// What is printed, with one blank between words.
    private func lines(_ options: String...) throws -> [String] {
        let words = ["history", "--predictions", "-S", "2023-11-14"] + options
        let process = try queue.process(words, [:], output: "history")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && queue.text("history.err").isEmpty)
        return queue.text("history.out").split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
    }

    @Test func `each job that ran is told with what was expected of it`() throws {
        try ran(50, predicted: 100, limit: 5_400)
        try ran(400, predicted: 100, exitCode: 1)
        try ran(60, predicted: nil)
        #expect(
            try lines() == [
                "JOBID NAME STATE PREDICTED ELAPSED RATIO LIMIT",
                "1 train COMPLETED 00:01:40 00:00:50 0.50 01:30:00",
                "3 train COMPLETED 00:01:00 UNLIMITED",
                "2 train FAILED 00:01:40 00:06:40 4.00 UNLIMITED",
                "predictions: 2, jobs without: 1", "error: mean 00:02:55, median 00:02:55",
                // (50/100 + 100/400) / 2
                "accuracy: mean 0.38", "too short: 50 %",
            ]
        )
    }

    @Test func `without a prediction there is nothing to sum up`() throws {
        try ran(60, predicted: nil)
        #expect(try lines("-n").dropFirst() == ["predictions: 0, jobs without: 1"])
        let document = try queue.json("history", "--predictions", "--json", "1")
        let summary = try #require(document["predictions"] as? [String: Any])
        #expect(summary["predicted"] as? Int == 0 && summary["unpredicted"] as? Int == 1)
        #expect(summary["mean_accuracy"] is NSNull)
    }

    @Test func `what stood still is not what was predicted`() throws {
        let job = try queue.submit()
        let attempt = try queue.start(job, predicted: 100, at: noon)
        let allocation = try Allocation(parsing: "cpu=0")
        let isBack = try queue.store.write {
            #expect(try queue.store.suspend(attempt, at: after(30)))
            return try queue.store.resume(
                attempt,
                allocation,
                mask: CPUSet([0]),
                by: 0,
                at: after(1_000)
            )
        }
        #expect(isBack)
        try queue.end(attempt, at: after(1_070))
        #expect(try lines("-n").first == "1 job COMPLETED 00:01:40 00:01:40 1.00 UNLIMITED")
    }

    @Test func `the filters choose the jobs, and those that never ran are left out`() throws {
        try ran(10, predicted: 20)
        try ran(10, predicted: 20, exitCode: 3)
        try queue.run("cancel", "\(queue.submit())")
        #expect(try lines().suffix(4).first == "predictions: 2, jobs without: 0")
        #expect(try lines("-s", "F").suffix(4).first == "predictions: 1, jobs without: 0")
        #expect(try lines("-j", "1").suffix(4).first == "predictions: 1, jobs without: 0")
    }

    @Test func `JSON has the jobs and the figures`() throws {
        for (seconds, predicted) in [(10, 40), (20, 40), (80, 40)] as [(Int64, Int64)] {
            try ran(seconds, predicted: predicted)
        }
        try queue.run("cancel", "\(queue.submit())")
        let document = try queue.json(
            "history",
            "--predictions",
            "--json",
            "--starttime=2023-11-14"
        )
        let jobs = try #require(document["jobs"] as? [[String: Any]])
        #expect(jobs.map { $0["predicted_seconds"] as? Int } == [40, 40, 40])
        let summary = try #require(document["predictions"] as? [String: Any])
        #expect(summary["predicted"] as? Int == 3 && summary["unpredicted"] as? Int == 0)
        #expect(summary["mean_error_seconds"] as? Double == 30)
        #expect(summary["median_error_seconds"] as? Double == 30)
        #expect(summary["mean_accuracy"] as? Double == 0.416667)
        #expect(summary["too_short_share"] as? Double == 0.333333)
    }
}
