/// How many jobs waited how long, in classes that a person thinks in.
struct WaitHistogram {
    /// A class of waits and how many fell into it.
    struct Class {
        var label: String
        var count: Int
    }

    /// The longest wait of each class, in seconds; the last has none.
    private static let bounds: [(seconds: Int64, label: String)] = [
        (0, "none"), (10, "≤ 10 s"), (60, "≤ 1 min"), (600, "≤ 10 min"), (3_600, "≤ 1 h"),
        (6 * 3_600, "≤ 6 h"), (86_400, "≤ 1 day"), (7 * 86_400, "≤ 1 week"),
        (.max, "longer"),
    ]

    /// The classes, from no wait to the longest.
    private(set) var classes: [Class]

    init(_ waits: some Sequence<Int64>) {
        classes = Self.bounds.map { Class(label: $0.label, count: 0) }
        for wait in waits {
            let index = Self.bounds.firstIndex { wait <= $0.seconds } ?? Self.bounds.count - 1
            classes[index].count += 1
        }
    }
}
