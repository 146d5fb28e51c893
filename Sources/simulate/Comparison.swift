import CommandLineSupport
import JobModel
import Simulation

/// Several replays side by side.
struct Comparison {
    let runs: [Run]
    /// What happened in truth, where that is known.
    let recorded: Metrics?

    /// A column that is judged: its head, how it reads, and whether less is better.
    private struct Figure: Sendable {
        var title: String
        var isBetterLow: Bool
        var value: @Sendable (Metrics) -> Double
        var text: @Sendable (Double) -> String
    }

    private static let figures: [Figure] = [
        Figure(title: "MEAN WAIT", isBetterLow: true, value: { $0.meanWait }, text: Report.time),
        Figure(title: "MEDIAN", isBetterLow: true, value: { $0.medianWait }, text: Report.time),
        Figure(
            title: "95 %",
            isBetterLow: true,
            value: { Double($0.p95Wait) },
            text: Report.time
        ),
        Figure(
            title: "LONGEST",
            isBetterLow: true,
            value: { Double($0.maxWait) },
            text: Report.time
        ),
        Figure(title: "SLOWDOWN", isBetterLow: true, value: { $0.meanBoundedSlowdown }) {
            Report.decimal($0, 2)
        },
        Figure(
            title: "IN USE",
            isBetterLow: false,
            value: { $0.utilization },
            text: Report.percent
        ),
        Figure(title: "FAIRNESS", isBetterLow: false, value: { $0.userFairness }) {
            Report.decimal($0, 3)
        },
    ]

    /// A table with a line for each replay, the best of each column with a star behind it.
    func table() -> OutputBuffer {
        let hasLabels = runs.contains { $0.setting.label != nil }
        let hasGPUs = runs.contains { $0.gpuUtilization != nil }
        var columns: [Table.Column] = hasLabels ? [.init("WHAT IF")] : []
        columns += [.init("POLICY"), .init("BACKFILL"), .init("ESTIMATES")]
        columns += Self.figures.map { Table.Column($0.title + " ", .right) }
        if hasGPUs { columns.append(.init("GPUS IN USE", .right)) }
        var table = Table(columns)
        if let recorded {
            for index in 0..<(columns.count - Self.figures.count - (hasGPUs ? 1 : 0)) {
                table.add(index == 0 ? "as recorded" : "")
            }
            add(recorded, to: &table, judged: false)
            if hasGPUs { table.add("") }
        }
        for run in runs {
            if hasLabels { table.add(run.setting.label ?? "as it is") }
            table.add(run.setting.policy)
            table.add(run.setting.backfill)
            table.add(run.setting.estimates)
            add(run.metrics, to: &table, judged: run.metrics.jobs == runs[0].metrics.jobs)
            if hasGPUs { table.add(run.gpuUtilization.map(Report.percent) ?? "") }
        }
        var output = OutputBuffer()
        if let first = runs.first {
            TerminalText.append(
                "\(first.setting.workload.title): \(Report.machine(first))",
                to: &output
            )
            output.append("\n\n")
        }
        table.write(to: &output, isColoured: TextStyle.isWanted)
        output.append("\n* the best of its column\n")
        for run in runs where run.metrics.jobs != runs[0].metrics.jobs {
            TerminalText.append(
                "\(run.setting.label ?? ""): only \(run.metrics.jobs) of "
                    + "\(runs[0].metrics.jobs) jobs fit that machine",
                to: &output
            )
            output.append("\n")
        }
        if let unusable = runs.first?.setting.workload.unusable {
            output.append("Left out: \(unusable).\n")
        }
        return output
    }

    private func add(_ metrics: Metrics, to table: inout Table, judged: Bool) {
        for figure in Self.figures {
            let value = figure.value(metrics)
            let isBest = judged && isBest(value, figure)
            table.add(figure.text(value) + (isBest ? "*" : " "), isBest ? .bold : .plain)
        }
    }

    /// Whether no replay did better and at least one did worse.
    private func isBest(_ value: Double, _ figure: Figure) -> Bool {
        // What left jobs out had less to do.
        let values = runs.filter { $0.metrics.jobs == runs[0].metrics.jobs }
            .map { figure.value($0.metrics) }
        guard let least = values.min(), let most = values.max(), least < most else { return false }
        return value == (figure.isBetterLow ? least : most)
    }
}
