import Simulation

extension Plot {
    /// How much of the machine was in use; of GPUs, in a line of their own behind it.
    mutating func drawUse(from top: Double, height: Double) {
        let options = run.setting.options
        let jobs = run.setting.workload.jobs
        var cores = series()
        var gpus = series()
        for interval in run.result.intervals {
            let job = jobs[interval.job]
            cores.add(Double(job.processors), from: interval.start, to: interval.end)
            gpus.add(Double(job.gpus), from: interval.start, to: interval.end)
        }
        let hasGPUs = options.gpus > 0
        drawField(
            hasGPUs ? "In use: processors above, GPUs below" : "Processors in use",
            from: top,
            height: height
        )
        let part = hasGPUs ? height / 2 - 2 : height
        drawArea(cores, full: Double(options.processors), from: top, height: part, class: "use")
        if hasGPUs {
            drawArea(
                gpus,
                full: Double(options.gpus),
                from: top + height - part,
                height: part,
                class: "gpus"
            )
        }
        drawMark("100 %", at: top)
        if !hasGPUs { drawMark("50 %", at: top + height / 2) }
        drawMark("0", at: top + height)
    }

    /// How many jobs waited.
    mutating func drawQueue(from top: Double, height: Double) {
        let jobs = run.setting.workload.jobs
        var waiting = series()
        // One that was stopped waits again until it goes on.
        var since = jobs.map(\.submit)
        for interval in run.result.intervals.sorted(by: { $0.start < $1.start }) {
            waiting.add(1, from: since[interval.job], to: interval.start)
            since[interval.job] = interval.end
        }
        let most = waiting.values.max() ?? 0
        let full = Self.roundAbove(most)
        drawField("Jobs waiting", from: top, height: height)
        drawArea(waiting, full: full, from: top, height: height, class: "queue")
        drawMark(Report.decimal(full, 0), at: top)
        if full >= 2 { drawMark(Report.decimal(full / 2, 1), at: top + height / 2) }
        drawMark("0", at: top + height)
    }

    /// Of many jobs, the mean over a few pixels shows the course that single ones hide.
    private func series() -> TimeSeries {
        let width = run.result.intervals.count > 500 ? axis.width / 4 : axis.width
        return TimeSeries(from: axis.start, to: axis.end, parts: Int(width))
    }

    private mutating func drawArea(
        _ series: TimeSeries,
        full: Double,
        from top: Double,
        height: Double,
        class name: StaticString
    ) {
        let values = series.values
        page.area(
            values.map { min(max($0 / full, 0), 1) * height },
            from: Self.left,
            step: axis.width / Double(values.count),
            foot: top + height,
            class: name
        )
    }

    /// The smallest of 1, 2, 4, 5 and their tenfold that is no less.
    private static func roundAbove(_ value: Double) -> Double {
        var scale = 1.0
        while scale * 10 < value { scale *= 10 }
        return [1, 2, 4, 5, 10].map { $0 * scale }.first { $0 >= value } ?? scale * 10
    }
}
