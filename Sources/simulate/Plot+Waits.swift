import Simulation

extension Plot {
    /// How many jobs waited how long.
    mutating func drawWaits(from top: Double, height: Double) {
        let classes = WaitHistogram(waits).classes
        let most = Double(classes.map(\.count).max() ?? 1)
        let step = axis.width / Double(classes.count)
        page.text(Self.left, top - 8, "How long jobs waited", class: "head")
        page.rectangle(Self.left, top, axis.width, height, class: "field")
        for (index, entry) in classes.enumerated() {
            let x = Self.left + Double(index) * step
            let bar = Double(entry.count) / most * (height - 20)
            page.rectangle(x + 6, top + height - bar, step - 12, bar, class: "waits")
            let part = Report.decimal(Double(entry.count) * 100 / Double(waits.count), 1)
            page.text(
                x + step / 2,
                top + height - bar - 5,
                entry.count == 0
                    ? "0" : "\(entry.count) · \(part == "0" ? "< 0.1" : part) %",
                class: "mark",
                .middle
            )
            page.text(x + step / 2, top + height + 16, entry.label, class: "mark", .middle)
        }
    }
}
