import Foundation
import Testing

/// Placement measured against first fit, which takes what is free of the lowest numbers.
///
/// The tables that are printed are those of docs/placement.md.
@Suite struct StudyTests {
    @Test(arguments: [0.6, 0.8, 1.0])
    func `random workloads are split less, and leave more GPUs whole`(load: Double) {
        let workloads = (UInt64(1)...3).map {
            StudyWorkload.random(seed: $0, count: 600, load: load)
        }
        compare(workloads, "random, load \(load)")
    }

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"] != nil,
            "SLUICE_TEST_DATA names no folder with traces"
        ),
        arguments: [0.8]
    )
    func `a cluster's tasks are split less, and leave more GPUs whole`(load: Double) throws {
        let text = try #require(try StudyWorkload.testData("traces/openb-pods-2023.csv.gz"))
        let jobs = StudyWorkload.trace(text, seed: 1, load: load)
        try #require(jobs.count == 8152)
        compare([jobs], "openb-pods-2023, load \(load)")
    }

    private func compare(_ workloads: [[Study.Job]], _ name: String) {
        let jobs = workloads.reduce(0) { $0 + $1.count }
        let rows = Study.Way.allCases.map { way in
            let all = workloads.map { Study.run($0, on: StudyWorkload.machine, way) }
            return all.dropFirst().reduce(into: all[0]) { sum, next in
                sum.splits += next.splits
                sum.wholeGPUs += next.wholeGPUs
                sum.gpuUse += next.gpuUse
                sum.coreUse += next.coreUse
            }
        }
        let count = Double(workloads.count)
        print("| \(name) | split | GPUs left whole | GPUs used | cores used |")
        for (way, row) in zip(Study.Way.allCases, rows) {
            let figures = [
                percent(Double(row.splits) / Double(jobs)),
                String(format: "%.2f", row.wholeGPUs / count),
                percent(row.gpuUse / count), percent(row.coreUse / count),
            ]
            print("| \(way.rawValue) | " + figures.joined(separator: " | ") + " |")
        }
        #expect(rows[1].splits < rows[0].splits, "\(name)")
        #expect(rows[1].wholeGPUs > rows[0].wholeGPUs, "\(name)")
        #expect(rows[1].gpuUse >= rows[0].gpuUse * 0.99, "\(name)")
        #expect(rows[1].coreUse >= rows[0].coreUse * 0.99, "\(name)")
    }

    private func percent(_ part: Double) -> String { String(format: "%.1f %%", part * 100) }
}
