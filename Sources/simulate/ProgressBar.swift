import CommandLineSupport
import Glibc
import Linux

/// A bar on standard error that grows with a replay, where that is a terminal.
struct ProgressBar {
    private static let width = 30
    /// Often enough to look alive, seldom enough to cost nothing, in microseconds.
    private static let pause: Int64 = 100_000

    private let label: String
    private let isShown: Bool
    private var nextDrawing: Int64
    private var isDrawn = false

    /// A bar that is first drawn when the work has taken a while.
    init(_ label: String) {
        self.label = label
        isShown = isatty(STDERR_FILENO) == 1
        nextDrawing = Clock.monotonicMicroseconds + Self.pause
    }

    /// Draws how much is done, if it is time to.
    mutating func show(_ done: Int, of total: Int) {
        guard isShown, total > 0 else { return }
        let now = Clock.monotonicMicroseconds
        guard now >= nextDrawing else { return }
        nextDrawing = now + Self.pause
        isDrawn = true
        let filled = Self.width * done / total
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: "-", count: Self.width - filled)
        Self.write("\r\(label) [\(bar)] \(100 * done / total) % of \(total) jobs\u{1B}[K")
    }

    /// Takes the bar away.
    func end() {
        if isDrawn { Self.write("\r\u{1B}[K") }
    }

    private static func write(_ text: String) {
        var buffer = OutputBuffer()
        buffer.append(text)
        // A bar that cannot be shown is no reason to stop.
        try? buffer.write(to: STDERR_FILENO)
    }
}
