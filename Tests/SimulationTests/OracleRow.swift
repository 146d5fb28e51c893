import Foundation
import Planner
import Simulation
import Testing

/// A row of the table of figures that other simulators have found: a replay, and what comes of it.
struct OracleRow: CustomTestStringConvertible, Sendable {
    var trace: String
    var processors: Int
    var jobs: ClosedRange<Int>
    var policy: Policy
    var backfill: Backfill.Kind
    var estimates: ReplayOptions.Estimates
    /// The figures by the names of their columns.
    var figures: [String: Double]

    var testDescription: String {
        "\(trace) \(jobs.lowerBound)-\(jobs.upperBound) \(policy) \(backfill) \(estimates)"
    }

    /// All rows of a table.
    static func rows(of url: URL) throws -> [OracleRow] {
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        guard let names = lines.first?.split(separator: ",").map(String.init) else { return [] }
        return lines.dropFirst().compactMap { line in
            let cells = line.split(separator: ",").map(String.init)
            let row = Dictionary(uniqueKeysWithValues: zip(names, cells))
            guard let trace = row["trace"], let processors = row["procs"].flatMap(Int.init),
                let bounds = row["jobs"]?.split(separator: "-").compactMap({ Int($0) }),
                bounds.count == 2,
                let policy = row["policy"].flatMap(Policy.init),
                let backfill = row["backfill"].flatMap(Backfill.Kind.init),
                let estimates = row["estimates"].flatMap(ReplayOptions.Estimates.init)
            else { return nil }
            return OracleRow(
                trace: trace,
                processors: processors,
                jobs: bounds[0]...bounds[1],
                policy: policy,
                backfill: backfill,
                estimates: estimates,
                figures: row.compactMapValues(Double.init)
            )
        }
    }

    /// What differs when the row is replayed, a line each.
    func differences(in folder: URL) throws -> [String] {
        let trace = try TraceFile(folder.appending(path: trace), processors: processors)
        let jobs = Array(trace.jobs[(self.jobs.lowerBound - 1)..<self.jobs.upperBound])
        let options = ReplayOptions(
            scheme: try Scheme(policy, backfill: Backfill(backfill)),
            processors: processors,
            estimates: estimates
        )
        let found = Self.figures(of: try Replay.run(jobs, options), jobs, processors)
        return found.sorted { $0.key < $1.key }.compactMap { name, value in
            guard let expected = figures[name], abs(expected - value) < 2e-6 else {
                return "\(name): \(value), not \(figures[name] ?? .nan)"
            }
            return nil
        }
    }

    private static func figures(
        of result: ReplayResult,
        _ jobs: [WorkloadJob],
        _ processors: Int
    ) -> [String: Double] {
        var waits: [Int64] = []
        var slowdown = 0.0
        var bounded = 0.0
        var area = 0.0
        for (job, outcome) in zip(jobs, result.outcomes) {
            let run = min(job.runTime, job.limit ?? .max)
            let stay = Double(outcome.end - job.submit)
            waits.append(outcome.end - job.submit - run)
            slowdown += stay / Double(run)
            bounded += max(1, stay / Double(max(run, 10)))
            area += Double(run) * Double(job.processors)
        }
        waits.sort()
        let count = Double(jobs.count)
        let makespan = (result.outcomes.map(\.end).max() ?? 0) - (jobs.map(\.submit).min() ?? 0)
        let middle = waits[(waits.count - 1) / 2] + waits[waits.count / 2]
        return [
            "mean_wait": Double(waits.reduce(0, +)) / count,
            "median_wait": Double(middle) / 2,
            "p95_wait": Double(waits[(waits.count * 95 + 99) / 100 - 1]),
            "max_wait": Double(waits[waits.count - 1]),
            "mean_slowdown": slowdown / count,
            "mean_bounded_slowdown": bounded / count,
            "utilization": area / (Double(processors) * Double(makespan)),
            "makespan": Double(makespan),
            "backfilled": Double(result.backfilled),
            "preemptions": Double(result.preemptions),
            "corrections": Double(result.corrections),
        ]
    }
}
