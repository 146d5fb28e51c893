import Foundation
import JobModel
import Planner
import Testing

/// Real workloads, whose figures two other simulators have found as well.
///
/// The traces are the Parallel Workloads Archive's (Feitelson, Tsafrir, Krakov, JPDC 2014) and not
/// part of the project.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"] != nil,
        "SLUICE_TEST_DATA does not name the folder that has traces/"
    )
)
struct TraceTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var trace: String
        var processors: Int?
        var jobs: ClosedRange<Int>
        var estimates: TraceReplay.Estimates
        var meanWait: Double
        var makespan: Int64
        var backfilled: Int

        var testDescription: String { "\(trace) \(jobs) \(estimates)" }
    }

    // Without any estimate nothing goes in front of a head that waits for cores: backfill `none`.
    static let rows = [
        Row(
            trace: "KTH-SP2-1996-2",
            jobs: 1...5000,
            estimates: .user,
            meanWait: 9462.2484,
            makespan: 6_857_955,
            backfilled: 3230
        ),
        Row(
            trace: "KTH-SP2-1996-2",
            jobs: 1...5000,
            estimates: .perfect,
            meanWait: 8310.4082,
            makespan: 6_857_955,
            backfilled: 3205
        ),
        Row(
            trace: "KTH-SP2-1996-2",
            jobs: 1...5000,
            estimates: .none,
            meanWait: 199337.5858,
            makespan: 7_349_055,
            backfilled: 0
        ),
        Row(
            trace: "SDSC-SP2-reduced",
            jobs: 20001...25000,
            estimates: .user,
            meanWait: 13159.6662,
            makespan: 4_690_002,
            backfilled: 3933
        ),
        Row(
            trace: "SDSC-SP2-reduced",
            jobs: 20001...25000,
            estimates: .none,
            meanWait: 239177.3686,
            makespan: 5_214_520,
            backfilled: 0
        ),
        Row(
            trace: "CERIT-SC-2013-wagap",
            processors: 1088,
            jobs: 1...5000,
            estimates: .user,
            meanWait: 48081.313,
            makespan: 7_501_726,
            backfilled: 3928
        ),
        Row(
            trace: "lublin_256",
            jobs: 1...10000,
            estimates: .user,
            meanWait: 77159.5227,
            makespan: 9_034_073,
            backfilled: 9640
        ),
        Row(
            trace: "lublin_256",
            jobs: 1...10000,
            estimates: .perfect,
            meanWait: 97155.9945,
            makespan: 8_730_698,
            backfilled: 9230
        ),
    ]

    @Test(arguments: rows)
    func `a real workload waits as long as elsewhere`(row: Row) throws {
        let folder = try #require(ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"])
        let url = URL(fileURLWithPath: folder).appending(path: "traces/\(row.trace).swf.gz")
        let trace = try Trace(url, processors: row.processors)
        let jobs = trace.jobs[(row.jobs.lowerBound - 1)..<row.jobs.upperBound]
        var replay = TraceReplay(jobs, processors: trace.processors, estimates: row.estimates)
        replay.run()
        #expect(abs(replay.meanWait - row.meanWait) < 2e-6)
        #expect(replay.lastEnd - jobs[jobs.startIndex].submit == row.makespan)
        #expect(replay.backfilled == row.backfilled)
    }
}
