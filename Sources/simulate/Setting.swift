import Planner
import Simulation

/// How a workload is replayed, before it is.
struct Setting {
    /// What is different; nil where nothing is.
    var label: String?
    var workload: Workload
    var options: ReplayOptions

    /// The policy's word.
    var policy: String { options.scheme.policy.rawValue }
    /// The backfill's word.
    var backfill: String { options.scheme.backfill.kind.rawValue }
    /// The estimates' word.
    var estimates: String { options.estimates.rawValue }
}
