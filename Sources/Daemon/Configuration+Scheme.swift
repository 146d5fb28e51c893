internal import JobModel
internal import Planner
internal import TOMLKit

/// The keys of the policy and of what belongs to it, which have to go together.
extension Configuration {
    /// A key's entry; nil where the file does not have it.
    typealias Entries = (_ key: String) -> ConfigurationEntry?

    static let schemeKeys = [
        "policy", "backfill", "bf_window", "bf_max_job_test", "max_wait", "priority_weight_age",
        "priority_max_age", "priority_weight_job_size", "priority_favor_small",
        "preempt_min_slice", "preempt_gain",
    ]

    static func backfill(_ kind: Backfill.Kind, _ entry: Entries) throws -> Backfill {
        Backfill(
            kind,
            depth: try entry("bf_max_job_test").flatMap { try $0.depth() },
            window: try entry("bf_window").flatMap { try $0.bound() }
        )
    }

    static func weights(_ entry: Entries) throws -> Weights {
        var weights = Weights()
        let points = 0...Int(Weights.largest)
        if let age = entry("priority_weight_age") {
            weights.age = Int64(try age.integer(in: points))
        }
        if let size = entry("priority_weight_job_size") {
            weights.size = Int64(try size.integer(in: points))
        }
        if let small = entry("priority_favor_small") { weights.favorsSmall = try small.boolean() }
        if let age = entry("priority_max_age") { weights.maximumAge = try age.maximumAge() }
        return weights
    }

    static func preemption(_ entry: Entries) throws -> Preemption {
        var preemption = Preemption()
        if let slice = entry("preempt_min_slice") { preemption.minimumSlice = try slice.seconds() }
        if let gain = entry("preempt_gain") { preemption.gain = try gain.gain() }
        return preemption
    }
}

extension ConfigurationEntry {
    /// A time in seconds; nil for "unlimited".
    func bound() throws -> Int64? {
        let words = "a time as for default_time, such as \"7-00\", or \"unlimited\""
        let limit = try parsed(words) { try TimeLimit(parsing: $0) }
        return if case .seconds(let seconds) = limit { seconds } else { nil }
    }

    /// How many jobs are looked at; nil for all.
    fileprivate func depth() throws -> Int? {
        if value.string == "unlimited" { return nil }
        guard let number = value.int, number >= 1 else {
            throw expected("a whole number from 1, or \"unlimited\"")
        }
        return number
    }

    fileprivate func maximumAge() throws -> Int64 {
        let words = "a time from a second to a year as for default_time, such as \"7-00\","
        let limit = try parsed(words) { try TimeLimit(parsing: $0) }
        guard case .seconds(let seconds) = limit, seconds <= Weights.longestAge else {
            throw expected(words)
        }
        return seconds
    }

    fileprivate func gain() throws -> Double {
        guard let number = value.double ?? value.int.map(Double.init), number > 1,
            number.isFinite
        else { throw expected("a number above 1") }
        return number
    }
}
