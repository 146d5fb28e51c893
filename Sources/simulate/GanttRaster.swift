/// A drawing of more blocks than a page can hold one by one: cells of the size of a pixel, each in
/// the colour that takes most of it, the fainter the less of it is in use.
struct GanttRaster {
    /// Neighbouring cells of a row that look alike.
    struct Run {
        var row: Int
        var column: Int
        var length: Int
        /// The place of the colour.
        var colour: Int
        /// How full: 0 for less than a third, 2 for more than two.
        var shade: Int
    }

    private let rows: Int
    private let columns: Int
    private let colours: Int
    /// For each cell, how much of it each colour takes.
    private var cover: [Float]

    init(rows: Int, columns: Int, colours: Int) {
        self.rows = rows
        self.columns = columns
        self.colours = colours
        cover = Array(repeating: 0, count: rows * columns * colours)
    }

    /// Adds a block; the position and size in rows and columns, which need not be whole.
    mutating func add(
        colour: Int,
        rows height: ClosedRange<Double>,
        columns width: ClosedRange<Double>
    ) {
        for row in Self.cells(height, below: rows) {
            let tall = Self.overlap(height, with: row)
            for column in Self.cells(width, below: columns) {
                let part = tall * Self.overlap(width, with: column)
                cover[(row * columns + column) * colours + colour] += Float(part)
            }
        }
    }

    private static func cells(_ range: ClosedRange<Double>, below limit: Int) -> Range<Int> {
        let first = max(0, min(Int(range.lowerBound), limit))
        return first..<max(first, min(Int(range.upperBound.rounded(.up)), limit))
    }

    private static func overlap(_ range: ClosedRange<Double>, with cell: Int) -> Double {
        max(0, min(range.upperBound, Double(cell + 1)) - max(range.lowerBound, Double(cell)))
    }

    /// All that is not empty, row by row.
    var runs: [Run] {
        var runs: [Run] = []
        for row in 0..<rows {
            var current: Run?
            for column in 0..<columns {
                let look = look(of: row * columns + column)
                if let run = current, run.colour == look?.colour, run.shade == look?.shade {
                    current?.length += 1
                    continue
                }
                if let run = current { runs.append(run) }
                current = look.map {
                    Run(row: row, column: column, length: 1, colour: $0.colour, shade: $0.shade)
                }
            }
            if let run = current { runs.append(run) }
        }
        return runs
    }

    private func look(of cell: Int) -> (colour: Int, shade: Int)? {
        var total: Float = 0
        var best = 0
        for colour in 0..<colours {
            let part = cover[cell * colours + colour]
            total += part
            if part > cover[cell * colours + best] { best = colour }
        }
        guard total > 0.02 else { return nil }
        return (best, total > 2 / 3 ? 2 : total > 1 / 3 ? 1 : 0)
    }
}
