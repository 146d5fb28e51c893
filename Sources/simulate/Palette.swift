import Simulation

/// A colour for each job: its user's, or, where all jobs are one user's, that of how long it waited.
struct Palette {
    /// A colour and what it stands for.
    struct Entry {
        var colour: String
        var label: String
    }

    /// Colours that people with any colour vision tell apart (Okabe, Ito, 2008), in their order.
    private static let colours = [
        "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6bb1",
    ]
    /// The colour of users who have none of their own.
    private static let others = "#a8adb4"
    /// The colours of waits up to so many seconds, from cold to hot.
    private static let waits: [(seconds: Int64, entry: Entry)] = [
        (0, Entry(colour: "#2c7bb6", label: "did not wait")),
        (3_600, Entry(colour: "#5aa9c9", label: "up to 1 h")),
        (86_400, Entry(colour: "#e6a040", label: "up to 1 day")),
        (.max, Entry(colour: "#c0392b", label: "longer")),
    ]

    /// What the colours stand for, in order.
    let entries: [Entry]
    /// The place of each job's colour among the entries.
    let places: [Int]

    /// The colours of a workload's jobs, which have waited so long.
    init(_ jobs: [WorkloadJob], waits: [Int64]) {
        var areas: [Int64: Double] = [:]
        for job in jobs {
            areas[job.user ?? -1, default: 0] += Double(job.runTime) * Double(job.processors)
        }
        guard areas.count > 1 else {
            entries = Self.waits.map(\.entry)
            places = waits.map { wait in
                Self.waits.firstIndex { wait <= $0.seconds } ?? Self.waits.count - 1
            }
            return
        }
        let order = areas.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        let named = order.prefix(Self.colours.count)
        var users: [Int64: Int] = [:]
        for (place, user) in named.enumerated() { users[user] = place }
        entries =
            zip(named, Self.colours).map { user, colour in
                Entry(colour: colour, label: user == -1 ? "unknown" : "user \(user)")
            }
            + (order.count > named.count ? [Entry(colour: Self.others, label: "others")] : [])
        places = jobs.map { users[$0.user ?? -1] ?? named.count }
    }
}
