/// Where instants lie from left to right, and where the axis has its marks.
struct TimeAxis {
    /// A mark, and the time since the start that it stands for.
    struct Mark {
        var position: Double
        var label: String
    }

    /// The first instant, in seconds.
    let start: Int64
    /// The last one, later than the first.
    let end: Int64
    /// Where the first lies.
    let left: Double
    /// How far from it the last one lies.
    let width: Double

    /// The position of an instant.
    func position(_ instant: Int64) -> Double {
        left + Double(instant - start) / Double(end - start) * width
    }

    private static let steps: [Int64] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
        86_400, 172_800, 432_000, 864_000, 1_728_000, 2_592_000, 5_184_000, 15_552_000, 31_536_000,
    ]

    /// Marks at round times, some ten at most.
    var marks: [Mark] {
        let length = end - start
        var step = Self.steps.first { length / $0 <= 10 } ?? 31_536_000
        while length / step > 10 { step *= length / step > 100 ? 10 : 2 }
        return stride(from: 0, through: length, by: Int64.Stride(step)).map {
            Mark(position: position(start + $0), label: Self.label($0, step: step))
        }
    }

    /// `90 s`, `15 min`, `1.5 h` or `3 d`, in the largest unit that the step is a whole number of.
    private static func label(_ time: Int64, step: Int64) -> String {
        if time == 0 { return "0" }
        for (unit, name) in [(86_400, "d"), (3_600, "h"), (60, "min")] as [(Int64, String)]
        where step % unit == 0 {
            return "\(time / unit) \(name)"
        }
        return "\(time) s"
    }
}
