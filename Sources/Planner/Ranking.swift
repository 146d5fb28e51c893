/// The place in the order that a scheme gives, as numbers.
///
/// Candidates are kept in groups within which the order never changes by itself, so that only the
/// first of each group is ever compared with others. A candidate has a fixed rank, good within its
/// group; at an instant that becomes the rank that counts among groups.
struct Ranking {
    /// What a fixed rank is made of.
    struct Facts {
        /// The remaining seconds; ``Seconds/unknown`` where nobody knows.
        var estimate: Int32
        var cores: Int
        var priority: Int64
        var submitted: Instant
    }

    let scheme: Scheme
    /// The machine's cores.
    let cores: Int

    /// When a candidate submitted then has waited as long as any may; nil for never.
    func overdue(from submitted: Instant) -> Instant? {
        scheme.maximumWait.map(submitted.advanced(bySeconds:))
    }

    /// When a candidate's age has earned all its points; nil where age earns none.
    func mature(from submitted: Instant) -> Instant? {
        guard agesInPriority else { return nil }
        let (seconds, isTooLate) = submitted.wholeSeconds
            .addingReportingOverflow(scheme.weights.maximumAge)
        return isTooLate ? nil : Instant(milliseconds: 0).advanced(bySeconds: seconds)
    }

    /// What, beside the demand, all candidates of a group have in common.
    ///
    /// Within one demand and estimate, `wfp3` and `unicep` never change the order: who came first
    /// has waited longest. Among candidates whose age still counts `multifactor` does not either,
    /// and among the others.
    func variant(estimate: Int32, submitted: Instant, at now: Instant) -> Int32 {
        switch scheme.policy {
        case .wfp3, .unicep: estimate
        case .multifactor:
            mature(from: submitted).map { $0 <= now } ?? false ? 1 : 0
        case .fifo, .sjf, .srtf, .saf, .f1, .greedy: 0
        }
    }

    /// The rank within the group.
    func fixedRank(_ facts: Facts, origin: Instant, variant: Int32) -> Int64 {
        switch scheme.policy {
        case .fifo, .wfp3, .unicep: 0
        case .sjf, .srtf, .greedy: Int64(facts.estimate)
        case .saf: Int64(facts.estimate).multipliedSaturating(by: Int64(max(facts.cores, 1)))
        case .f1: Self.ordered(f1(facts, origin: origin))
        case .multifactor: multifactor(facts, isMature: variant == 1)
        }
    }

    /// The rank that counts at an instant, of a group's candidate with this fixed rank.
    func rank(_ key: OrderKey, estimate: Int32, cores: Int, variant: Int32, at now: Instant)
        -> Int64
    {
        if key.isOverdue { return key.rank }
        switch scheme.policy {
        case .fifo, .sjf, .srtf, .saf, .f1, .greedy: return key.rank
        case .multifactor:
            guard agesInPriority, variant == 0 else { return key.rank }
            return key.rank.subtractingSaturating(
                scheme.weights.age.multipliedSaturating(by: now.wholeSeconds)
            )
        case .wfp3:
            let ratio = Self.waited(key.submitted, now) / Self.seconds(estimate)
            return Self.ordered(-(ratio * ratio * ratio * Double(max(cores, 1))))
        case .unicep:
            let factor = Logarithm.base2(Double(max(cores, 2))) * Self.seconds(estimate)
            return Self.ordered(-(Self.waited(key.submitted, now) / factor))
        }
    }

    /// Whether the order among groups changes as time passes.
    var agesInPriority: Bool { scheme.policy == .multifactor && scheme.weights.age > 0 }

    private func f1(_ facts: Facts, origin: Instant) -> Double {
        let since = max(0, facts.submitted.milliseconds - origin.milliseconds) / 1000 + 1
        return Logarithm.base10(Self.seconds(facts.estimate)) * Double(max(facts.cores, 1)) + 870
            * Logarithm.base10(Double(since))
    }

    /// All points, times the age that counts, so that nothing is rounded.
    private func multifactor(_ facts: Facts, isMature: Bool) -> Int64 {
        let weights = scheme.weights
        guard weights.age > 0 || weights.size > 0 else {
            // The complement turns the order round and, unlike the negative, always exists.
            return max(~facts.priority, OrderKey.overdue + 1)
        }
        let scale = Int128(weights.maximumAge)
        let all = Int128(max(cores, 1))
        let size = weights.favorsSmall ? all - Int128(facts.cores) : all + Int128(facts.cores)
        var points = Int128(facts.priority) * scale
        points += Int128(weights.size) * scale * size / (2 * all)
        // Those whose age still counts all lose the same as time passes.
        let age = Int128(weights.age)
        points += isMature ? age * scale : -age * Int128(facts.submitted.wholeSeconds)
        return max(Int64(clamping: -points), OrderKey.overdue + 1)
    }

    private static func seconds(_ estimate: Int32) -> Double {
        estimate == Seconds.unknown ? .infinity : Double(max(estimate, 1))
    }

    private static func waited(_ submitted: Instant, _ now: Instant) -> Double {
        Double(max(0, now.milliseconds - submitted.milliseconds) / 1000)
    }

    /// A whole number that orders as the given one does.
    private static func ordered(_ number: Double) -> Int64 {
        // The sum turns a negative zero into zero.
        let bits = Int64(bitPattern: (number + 0).bitPattern)
        return bits >= 0 ? bits : bits ^ .max
    }
}

/// Estimates and limits as they are kept: whole seconds, 68 years at most.
enum Seconds {
    /// Nobody knows, or so long that it makes no difference.
    static let unknown = Int32.max

    static func kept(_ seconds: Int64?) -> Int32 { seconds.map { Int32(clamping: $0) } ?? unknown }

    static func given(_ seconds: Int32) -> Int64? { seconds == unknown ? nil : Int64(seconds) }
}

extension Int64 {
    func multipliedSaturating(by other: Int64) -> Int64 {
        let (product, isTooLarge) = multipliedReportingOverflow(by: other)
        return isTooLarge ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? (other < 0 ? .min : .max) : sum
    }

    func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, isTooLarge) = subtractingReportingOverflow(other)
        return isTooLarge ? (other < 0 ? .max : .min) : difference
    }
}
