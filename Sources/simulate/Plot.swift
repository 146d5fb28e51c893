import CommandLineSupport
import JobModel
import Simulation

/// A replay on one page: who ran where and when, how much was in use, how many waited and how long.
struct Plot {
    let run: Run
    let axis: TimeAxis
    let palette: Palette
    /// How long each job waited, in seconds.
    let waits: [Int64]
    var page = SVGWriter()

    static let width = 1_200.0
    static let left = 84.0
    static let right = 1_176.0
    /// Between two parts of the page.
    private static let space = 46.0

    /// The page's own style sheet: it must look the same wherever it is opened.
    private static let style = """
        text { font: 12px system-ui, "Helvetica Neue", Arial, sans-serif; fill: #24292f; }
        .title { font-size: 20px; font-weight: 600; }
        .note, .mark { fill: #57606a; }
        .head { font-size: 13px; font-weight: 600; }
        .figure { font-size: 18px; font-weight: 600; }
        .name { font-size: 11px; fill: #ffffff; pointer-events: none; }
        .paper { fill: #ffffff; }
        .field { fill: #f6f8fa; }
        .grid { stroke: #d8dee4; stroke-width: 1; }
        .row { stroke: #ffffff; stroke-width: 1; }
        .use { fill: #0072b2; fill-opacity: 0.75; }
        .gpus { fill: #009e73; fill-opacity: 0.75; }
        .queue { fill: #d55e00; fill-opacity: 0.75; }
        .waits { fill: #57606a; }
        .edged { stroke: #ffffff; stroke-width: 0.75; }

        """

    /// A page for a replay of at least one job.
    init(_ run: Run) {
        let jobs = run.setting.workload.jobs
        let start = jobs.lazy.map(\.submit).min() ?? 0
        let end = run.result.outcomes.lazy.map(\.end).max() ?? start
        self.run = run
        axis = TimeAxis(
            start: start,
            end: max(end, start + 1),
            left: Self.left,
            width: Self.right - Self.left
        )
        waits = zip(jobs, run.result.outcomes).map { $1.end - $0.submit - $0.runTime }
        palette = Palette(jobs, waits: waits)
    }

    /// The page as a file.
    consuming func svg() -> OutputBuffer {
        let cores = GanttRows(units: run.setting.options.processors)
        let gpus = GanttRows(units: run.setting.options.gpus)
        let parts = [cores.height, gpus.height, 110, 110].filter { $0 > 0 }
        let waitsTop = parts.reduce(150) { $0 + $1 + Self.space }
        page.begin(
            width: Self.width,
            height: waitsTop + 150,
            style: Self.style,
            title: Report.title(of: run)
        )
        page.rectangle(0, 0, Self.width, waitsTop + 150, class: "paper")
        drawHead()
        var top = 150.0
        drawCores(from: top, cores)
        top += cores.height + Self.space
        if gpus.height > 0 {
            drawGPUs(from: top, gpus)
            top += gpus.height + Self.space
        }
        drawUse(from: top, height: 110)
        drawQueue(from: top + 110 + Self.space, height: 110)
        drawWaits(from: waitsTop, height: 120)
        page.end()
        return page.output
    }

    // MARK: Head

    private mutating func drawHead() {
        let metrics = run.metrics
        page.text(24, 36, run.setting.workload.title, class: "title")
        page.text(
            24,
            56,
            "\(Report.machine(run)); policy \(run.setting.policy), backfill "
                + "\(run.setting.backfill), estimates \(run.setting.estimates)" + beginning,
            class: "note"
        )
        let figures = [
            ("mean wait", Report.time(metrics.meanWait)),
            ("median wait", Report.time(metrics.medianWait)),
            ("95 % wait at most", Report.time(Double(metrics.p95Wait))),
            ("longest wait", Report.time(Double(metrics.maxWait))),
            ("bounded slowdown", Report.decimal(metrics.meanBoundedSlowdown, 2)),
            ("processors in use", Report.percent(metrics.utilization)),
            ("from first to last", Report.time(Double(metrics.makespan))),
        ]
        for (index, (name, value)) in figures.enumerated() {
            let x = 24 + Double(index) * 164
            page.text(x, 88, value, class: "figure")
            page.text(x, 104, name, class: "note")
        }
        drawLegend()
    }

    /// `; from 2026-11-24T07:27:46`, where the workload has a calendar.
    private var beginning: String {
        guard run.setting.workload.hasCalendar else { return "" }
        let start = Timestamp(microseconds: axis.start * 1_000_000)
        return "; from \(LocalTime.string(start))"
    }

    private mutating func drawLegend() {
        var x = Self.right
        for entry in palette.entries.reversed() {
            x -= 22 + 7 * Double(entry.label.unicodeScalars.count)
            page.rectangle(x, 27, 10, 10, class: "job", fill: entry.colour)
            page.text(x + 14, 36, entry.label, class: "note")
        }
    }

    // MARK: Axes

    /// The field of a chart, its head, and the marks of time below it.
    mutating func drawField(_ head: String, from top: Double, height: Double) {
        page.text(Self.left, top - 8, head, class: "head")
        page.rectangle(Self.left, top, axis.width, height, class: "field")
        for mark in axis.marks {
            page.line(mark.position, top, mark.position, top + height, class: "grid")
            page.text(mark.position, top + height + 15, mark.label, class: "mark", .middle)
        }
    }

    /// A mark beside the field.
    mutating func drawMark(_ label: String, at height: Double) {
        page.text(Self.left - 8, height + 4, label, class: "mark", .end)
    }
}
