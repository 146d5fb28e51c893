/// How tall the rows of cores or GPUs are drawn.
struct GanttRows {
    let units: Int
    /// The height of all of them; 0 where there are none.
    let height: Double

    init(units: Int) {
        self.units = units
        height = units == 0 ? 0 : min(max(Double(units) * 20, 40), 420)
    }

    /// The height of one.
    var unitHeight: Double { height / Double(units) }

    /// The rows that get a number beside them: each one, or some at round distances.
    var numbered: [Int] {
        let most = max(1, Int(height / 20))
        var step = 1
        var factors = [2, 5, 10]
        var base = 1
        while units > step * most {
            step = base * factors.removeFirst()
            if factors.isEmpty {
                base *= 10
                factors = [2, 5, 10]
            }
        }
        return Array(stride(from: 0, to: units, by: step))
    }
}
