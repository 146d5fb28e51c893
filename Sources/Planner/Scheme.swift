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
