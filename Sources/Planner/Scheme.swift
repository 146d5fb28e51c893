/// How the planner decides: a policy, backfill on top, and their parameters, which agree.
public struct Scheme: Hashable, Sendable {
    /// The order.
    public let policy: Policy
    /// What may start in front of one that waits.
    public let backfill: Backfill
    /// When a running job may be stopped for a shorter one.
    public let preemption: Preemption
    /// What `multifactor` adds up.
    public let weights: Weights
    /// A candidate that has waited so many seconds goes to the head of the order, whatever the
    /// policy; nil for no bound.
    public let maximumWait: Int64?
    /// The instant that `f1` counts from; nil for the submission of the candidate that came when
    /// nothing else waited.
    public let origin: Instant?

    /// A scheme; one whose parts do not go together is refused with the reason.
    public init(
        _ policy: Policy,
        backfill: Backfill,
        preemption: Preemption = Preemption(),
        weights: Weights = Weights(),
        maximumWait: Int64? = nil,
        origin: Instant? = nil
    ) throws(SchemeError) {
        switch (policy, backfill.kind) {
        case (.srtf, .conservative): throw .preemptionBreaksReservations
        case (.greedy, .easy), (.greedy, .conservative): throw .greedyFillsAnyway(backfill.kind)
        default: break
        }
        if let depth = backfill.depth, depth < 1 { throw .depth(depth) }
        if let window = backfill.window, window < 1 { throw .window(window) }
        if preemption.minimumSlice < 0 { throw .minimumSlice(preemption.minimumSlice) }
        guard preemption.gain >= 1, preemption.gain.isFinite else { throw .gain(preemption.gain) }
        if let maximumWait, maximumWait < 0 { throw .maximumWait(maximumWait) }
        for weight in [weights.age, weights.size] where !(0...Weights.largest ~= weight) {
            throw .weight(weight)
        }
        guard 1...Weights.longestAge ~= weights.maximumAge else {
            throw .maximumAge(weights.maximumAge)
        }
        self.policy = policy
        self.backfill = backfill
        self.preemption = preemption
        self.weights = weights
        self.maximumWait = maximumWait
        self.origin = origin
    }

    /// The same scheme, in which `f1` counts from this instant unless it says from which.
    public func counting(from origin: Instant?) -> Scheme {
        Scheme(self, origin: self.origin ?? origin)
    }

    private init(_ scheme: Scheme, origin: Instant?) {
        policy = scheme.policy
        backfill = scheme.backfill
        preemption = scheme.preemption
        weights = scheme.weights
        maximumWait = scheme.maximumWait
        self.origin = origin
    }

    private init(policy: Policy, backfill: Backfill) {
        self.policy = policy
        self.backfill = backfill
        preemption = Preemption()
        weights = Weights()
        maximumWait = nil
        origin = nil
    }

    /// By priority, then by age, the first one's place kept.
    public static let plain = Scheme(policy: .multifactor, backfill: .easy)
}

/// When `srtf` may stop a running job for a much shorter one.
public struct Preemption: Hashable, Sendable {
    /// Seconds that a job runs undisturbed after each of its starts; 0 or more.
    public var minimumSlice: Int64
    /// So many times the other's remaining time must be left of it; 1 or more.
    public var gain: Double

    /// By default ten minutes, and twice the remaining time.
    public init(minimumSlice: Int64 = 600, gain: Double = 2) {
        self.minimumSlice = minimumSlice
        self.gain = gain
    }
}

/// What `multifactor` adds to a candidate's own priority (Slurm's `priority_multifactor`).
///
/// All are 0 unless told otherwise, as in Slurm: priority alone counts, then age.
public struct Weights: Hashable, Sendable {
    /// The largest weight.
    public static let largest: Int64 = 1_000_000
    /// The longest ``maximumAge``, in seconds: a year.
    public static let longestAge: Int64 = 366 * 86_400

    /// Points for a candidate that has waited ``maximumAge``, in proportion before.
    public var age: Int64
    /// Points for a candidate that takes the whole machine, half of them for the smallest.
    public var size: Int64
    /// Whether the smallest gets ``size`` instead, and the largest nothing.
    public var favorsSmall: Bool
    /// Seconds after which waiting earns no more points.
    public var maximumAge: Int64

    /// Weights from 0 to ``largest``; the age counts for a week unless told otherwise.
    public init(
        age: Int64 = 0,
        size: Int64 = 0,
        favorsSmall: Bool = false,
        maximumAge: Int64 = 7 * 86_400
    ) {
        self.age = age
        self.size = size
        self.favorsSmall = favorsSmall
        self.maximumAge = maximumAge
    }
}
