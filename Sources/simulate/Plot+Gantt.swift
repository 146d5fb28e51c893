import Simulation

extension Plot {
    /// More blocks than this are drawn as cells.
    private static let mostBlocks = 6_000
    /// Up to so many, each tells what it is when it is pointed at.
    private static let mostHints = 400

    /// Which cores each job had.
    mutating func drawCores(from top: Double, _ rows: GanttRows) {
        let jobs = run.setting.workload.jobs
        let spans = run.result.intervals.map {
            GanttLayout.Span(
                job: $0.job,
                start: $0.start,
                end: $0.end,
                units: jobs[$0.job].processors
            )
        }
        drawField(rows.units == 1 ? "Processor" : "Processors", from: top, height: rows.height)
        drawBlocks(GanttLayout(spans, units: rows.units).blocks, from: top, rows)
    }

    /// Which GPUs each job had.
    mutating func drawGPUs(from top: Double, _ rows: GanttRows) {
        let blocks = run.result.intervals.flatMap { interval in
            interval.gpus.map {
                GanttLayout.Block(
                    job: interval.job,
                    start: interval.start,
                    end: interval.end,
                    firstUnit: $0,
                    units: 1
                )
            }
        }
        drawField("GPUs", from: top, height: rows.height)
        drawBlocks(blocks, from: top, rows)
    }

    private mutating func drawBlocks(
        _ blocks: [GanttLayout.Block],
        from top: Double,
        _ rows: GanttRows
    ) {
        if rows.unitHeight >= 8 {
            for row in 1..<max(2, rows.units) where row < rows.units {
                let height = top + Double(row) * rows.unitHeight
                page.line(Self.left, height, Self.right, height, class: "row")
            }
        }
        for row in rows.numbered {
            drawMark(String(row), at: top + (Double(row) + 0.5) * rows.unitHeight)
        }
        if blocks.count <= Self.mostHints {
            for block in blocks { drawBlock(block, from: top, rows) }
        } else if blocks.count <= Self.mostBlocks {
            drawPaths(blocks, from: top, rows)
        } else {
            drawCells(blocks, from: top, rows)
        }
    }

    private mutating func drawBlock(
        _ block: GanttLayout.Block,
        from top: Double,
        _ rows: GanttRows
    ) {
        let job = run.setting.workload.jobs[block.job]
        let name = run.setting.workload.names[block.job]
        let x = axis.position(block.start)
        let width = max(axis.position(block.end) - x, 0.5)
        let y = top + Double(block.firstUnit) * rows.unitHeight
        let height = Double(block.units) * rows.unitHeight
        let user = job.user.map { ", user \($0)" } ?? ""
        page.rectangle(
            x,
            y,
            width,
            height,
            class: "edged",
            fill: palette.entries[palette.places[block.job]].colour,
            hint: "job \(name)\(user): \(job.processors) processors"
                + (job.gpus > 0 ? ", \(job.gpus) GPUs" : "")
                + ", ran \(Report.time(Double(job.runTime)))"
                + ", waited \(Report.time(Double(waits[block.job])))"
        )
        let textWidth = 7 * Double(name.utf8.count) + 6
        if width >= textWidth, height >= 13 {
            page.text(x + width / 2, y + height / 2 + 4, name, class: "name", .middle)
        }
    }

    /// The blocks of a colour in one path, none of them too thin to be seen.
    private mutating func drawPaths(
        _ blocks: [GanttLayout.Block],
        from top: Double,
        _ rows: GanttRows
    ) {
        var lists = Array(
            repeating: [(x: Double, y: Double, width: Double, height: Double)](),
            count: palette.entries.count
        )
        for block in blocks {
            let x = axis.position(block.start)
            lists[palette.places[block.job]].append(
                (
                    x,
                    top + Double(block.firstUnit) * rows.unitHeight,
                    max(axis.position(block.end) - x, 0.3),
                    max(Double(block.units) * rows.unitHeight, 0.3)
                )
            )
        }
        for (place, list) in lists.enumerated() {
            page.rectangles(list, fill: palette.entries[place].colour)
        }
    }

    private mutating func drawCells(
        _ blocks: [GanttLayout.Block],
        from top: Double,
        _ rows: GanttRows
    ) {
        let rowCount = min(rows.units, 210)
        let columnCount = Int(axis.width)
        let colourCount = palette.entries.count
        let tall = Double(rowCount) / Double(rows.units)
        let high = rows.height / Double(rowCount)
        var raster = GanttRaster(rows: rowCount, columns: columnCount, colours: colourCount)
        for block in blocks {
            let first = Double(block.firstUnit) * tall
            raster.add(
                colour: palette.places[block.job],
                rows: first...(first + Double(block.units) * tall),
                columns: (axis.position(block.start) - Self.left)...(axis.position(block.end)
                    - Self.left)
            )
        }
        var lists = Array(
            repeating: [(x: Double, y: Double, width: Double, height: Double)](),
            count: colourCount * 3
        )
        for run in raster.runs {
            lists[run.colour * 3 + run.shade].append(
                (
                    Self.left + Double(run.column), top + Double(run.row) * high,
                    Double(run.length), high
                )
            )
        }
        for (index, list) in lists.enumerated() {
            page.rectangles(
                list,
                fill: palette.entries[index / 3].colour,
                opacity: [0.3, 0.65, 1][index % 3]
            )
        }
    }
}
