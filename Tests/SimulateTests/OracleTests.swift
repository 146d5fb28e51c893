import Foundation
import Testing

/// Real workloads, whose figures other simulators have found as well, through the program itself.
///
/// The traces are the Parallel Workloads Archive's (Feitelson, Tsafrir, Krakov, JPDC 2014) and not
/// part of the project.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"] != nil,
        "SLUICE_TEST_DATA does not name the folder that has traces/"
    )
)
struct OracleTests {
    /// A line of the table: its words by the names of their columns.
    struct Row: CustomTestStringConvertible, Sendable {
        var values: [String: String]

        var testDescription: String {
            ["trace", "jobs", "policy", "backfill", "estimates"].compactMap { values[$0] }
                .joined(separator: " ")
        }

        subscript(_ name: String) -> String { values[name] ?? "" }
    }

    private static var folder: String {
        (ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"] ?? "") + "/traces"
    }

    /// The rows of one trace's beginning; the planner's own tests have the others.
    static let rows: [Row] = {
        let text = (try? String(contentsOfFile: folder + "/oracle.csv", encoding: .utf8)) ?? ""
        var lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        guard !lines.isEmpty else { return [] }
        let names = lines.removeFirst()
        return lines.map { Row(values: Dictionary(uniqueKeysWithValues: zip(names, $0))) }
            .filter { $0["trace"].hasPrefix("KTH-SP2") && $0["jobs"] == "1-5000" }
    }()

    @Test(arguments: rows)
    func `the program prints what others have found`(row: Row) throws {
        let folder = try SimulateFolder()
        let run = try folder.simulate(
            "--trace",
            "\(Self.folder)/\(row["trace"])",
            "--procs",
            row["procs"],
            "--jobs",
            row["jobs"],
            "--policy",
            row["policy"],
            "--backfill",
            row["backfill"],
            "--estimates",
            row["estimates"],
            "--json"
        )
        let figures = try run.json()
        #expect(figures["jobs"] as? Int == Int(row["n"]))
        for name in [
            "mean_wait", "median_wait", "p95_wait", "max_wait", "mean_slowdown",
            "mean_bounded_slowdown", "utilization", "makespan", "backfilled", "preemptions",
            "corrections", "user_fairness",
        ] {
            let found = try #require((figures[name] as? NSNumber)?.doubleValue)
            let expected = try #require(Double(row[name]))
            #expect(abs(found - expected) < 2e-6, "\(name)")
        }
    }
}
