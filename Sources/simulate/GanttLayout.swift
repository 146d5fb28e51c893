/// Which cores, or which GPUs, each run is drawn on.
///
/// A replay counts units and does not choose them; the drawing does, so that nothing overlaps and
/// jobs stay in one piece where they can: the lowest gap that holds all of it, else the lowest
/// units that are free.
struct GanttLayout {
    /// A run's time.
    struct Span {
        var job: Int
        var start: Int64
        var end: Int64
        var units: Int
    }

    /// A block of a drawing: neighbouring units, held for a time.
    struct Block: Equatable {
        var job: Int
        var start: Int64
        var end: Int64
        var firstUnit: Int
        var units: Int
    }

    /// Units that lie side by side, none of them in use.
    private struct Gap {
        var first: Int
        var count: Int

        var end: Int { first + count }
    }

    private var gaps: [Gap]
    /// The blocks in order of their start.
    private(set) var blocks: [Block] = []

    /// Lays out spans that never need more units at once than there are.
    init(_ spans: [Span], units: Int) {
        gaps = [Gap(first: 0, count: units)]
        let starts = spans.filter { $0.units > 0 && $0.end > $0.start }
            .sorted { ($0.start, $0.job) < ($1.start, $1.job) }
        var running: [Block] = []
        var earliestEnd = Int64.max
        for span in starts {
            if earliestEnd <= span.start {
                for block in running where block.end <= span.start { give(block) }
                running.removeAll { $0.end <= span.start }
                earliestEnd = running.lazy.map(\.end).min() ?? .max
            }
            let new = take(span)
            running += new
            blocks += new
            earliestEnd = min(earliestEnd, span.end)
        }
    }

    private mutating func take(_ span: Span) -> [Block] {
        var rest = span.units
        var taken: [Block] = []
        var index = gaps.firstIndex { $0.count >= rest } ?? 0
        while rest > 0, index < gaps.count {
            let count = min(rest, gaps[index].count)
            taken.append(
                Block(
                    job: span.job,
                    start: span.start,
                    end: span.end,
                    firstUnit: gaps[index].first,
                    units: count
                )
            )
            rest -= count
            gaps[index].first += count
            gaps[index].count -= count
            if gaps[index].count == 0 { gaps.remove(at: index) } else { index += 1 }
        }
        return taken
    }

    private mutating func give(_ block: Block) {
        var index = gaps.firstIndex { $0.first > block.firstUnit } ?? gaps.count
        gaps.insert(Gap(first: block.firstUnit, count: block.units), at: index)
        if index + 1 < gaps.count, gaps[index].end == gaps[index + 1].first {
            gaps[index].count += gaps.remove(at: index + 1).count
        }
        if index > 0, gaps[index - 1].end == gaps[index].first {
            index -= 1
            gaps[index].count += gaps.remove(at: index + 1).count
        }
    }
}
