public import JobModel

/// Decides which candidate starts when, on which GPUs: in order of priority, with EASY backfill.
///
/// A value fed with events: candidates come and go, runs end, and after each event, or a batch of
/// them, ``plan(at:choosing:)`` says what starts. The same events give the same plans. Nothing can
/// start by the mere passage of time, so no timer is needed between events. What an event costs
/// does not grow with the queue but for the depth of a tree; with K different demands, R runs and
/// Q candidates a plan costs O((starts + 1) · K · log Q + R).
public struct Planner: Sendable {
    private struct Run {
        /// Whose run it is; nil where that candidate need not be told of its end.
        var job: JobID?
        var started: Instant
        var end: Instant
    }

    private let capacity: Capacity
    private var index: PendingIndex
    private var profile: AvailabilityProfile
    private var runs: [RunID: Run] = [:]
    private var lastRun: Int64 = 0

    /// A planner for an idle machine of this capacity, with nothing waiting.
    public init(capacity: Capacity) {
        self.capacity = capacity
        index = PendingIndex(capacity: capacity)
        profile = AvailabilityProfile(capacity: capacity.amounts)
    }

    // MARK: Candidates

    /// How many candidates wait, an array counting once.
    public var waitingCount: Int { index.waitingCount }

    /// Adds a candidate, or replaces what is known of one; what runs of it stays counted.
    ///
    /// O(log Q).
    public mutating func add(_ candidate: Candidate) {
        index.set(candidate)
    }

    /// Takes out a candidate: held, cancelled, or no more tasks of it wait.
    ///
    /// What runs of it goes on. Does nothing where it is unknown. O(log Q).
    public mutating func remove(_ id: JobID) {
        index.remove(id)
    }

    /// Changes a candidate that waits, such as its priority or its count of tasks.
    ///
    /// Returns false, and does nothing, where nothing of it waits. O(log Q).
    @discardableResult
    public mutating func update(_ id: JobID, _ change: (inout Candidate) -> Void) -> Bool {
        guard var candidate = index.candidate(id) else { return false }
        change(&candidate)
        precondition(candidate.id == id, "a candidate keeps its id")
        index.set(candidate)
        return true
    }

    /// The candidate as it now stands; nil where nothing of it waits.
    public func candidate(_ id: JobID) -> Candidate? { index.candidate(id) }

    // MARK: Runs

    /// How many runs there are.
    public var runCount: Int { runs.count }

    /// Counts what already runs, as after a restart.
    ///
    /// `gpus` are those held, of which only the ones of this machine count; `estimate` is in
    /// seconds from `started`, nil where nobody knows. `array` is the candidate whose throttle
    /// the run counts against, which may be added before or after; nil for none.
    public mutating func adopt(
        _ demand: Demand,
        gpus: [Int] = [],
        started: Instant,
        estimate: Int64?,
        of array: JobID? = nil
    ) -> RunID {
        if let array { index.adopt(array, demand: demand) }
        let held = GPUSet(gpus.filter { 0...Capacity.largestGPUIndex ~= $0 })
            .intersection(capacity.amounts.gpus)
        let amounts = capacity.needs(of: demand).amounts(on: held)
        return begin(amounts, of: array, at: started, estimate: estimate)
    }

    /// A run has ended and holds nothing any more.
    ///
    /// The run must be one of this planner's that has not ended, as everywhere below. O(R).
    public mutating func end(_ run: RunID) {
        finish(run, waitsAgain: false)
    }

    /// A start is taken back as if it had never been: its claim lost the race, or came to nothing.
    ///
    /// With `waitsAgain` the candidate, or the task of the array, waits as before; without, it is
    /// gone, as after a cancel. What else the plan started stays. Not for adopted runs.
    public mutating func undo(_ run: RunID, waitsAgain: Bool) {
        finish(run, waitsAgain: waitsAgain)
    }

    /// A run is now expected to take so many seconds from its start; nil where nobody knows.
    ///
    /// For a changed time limit, or an estimate that the run has outlived: until then, such a run
    /// counts as ending in the next instant.
    public mutating func correct(_ run: RunID, estimate: Int64?) {
        guard var record = runs[run] else { preconditionFailure("no such run") }
        var release = profile.remove(run, endingAt: record.end)
        record.end = Self.end(from: record.started, estimate: estimate)
        release.end = record.end
        profile.add(release)
        runs[run] = record
    }

    /// Says which GPUs are in use from outside the queue and not to be given out, by number.
    ///
    /// Candidates that cannot run without them are passed over until they are back, since nobody
    /// knows when that will be.
    public mutating func setUnavailable(gpus: Set<Int>) {
        let lost = GPUSet(gpus.filter { 0...Capacity.largestGPUIndex ~= $0 })
        var ceiling = capacity.amounts
        ceiling.gpus = ceiling.gpus.subtracting(lost)
        index.setCeiling(ceiling)
        profile.setUsable(ceiling.gpus)
    }

    // MARK: Plans

    /// Picks a request's GPUs among those that it may have.
    ///
    /// Returns as many of them as the request counts. Where GPUs lie is not the planner's
    /// business; which of them a candidate may take without delaying another is.
    public typealias GPUChoice = (_ request: GPURequest, _ free: [Int]) -> [Int]

    /// What starts now; each start already counts as a run.
    ///
    /// In order, whatever fits starts, tasks of an array one by one up to its throttle; the first
    /// that does not fit has a place kept for it, and of the others only what does not delay it
    /// starts (EASY backfill). `choose` picks exact GPUs; by default those of the lowest numbers.
    public mutating func plan(
        at now: Instant,
        choosing choose: GPUChoice = { request, free in Array(free.prefix(request.count)) }
    ) -> Plan {
        var plan = Plan()
        while let shape = index.firstShape, let first = index.shapes[shape].first {
            let needs = index.shapes[shape].needs
            guard profile.holds(needs) else {
                let reservation = Reservation(for: needs, in: profile, at: now)
                plan.head = Plan.Head(
                    job: first.key.id,
                    expectedStart: reservation.start.known
                )
                backfill(around: reservation, at: now, into: &plan, choosing: choose)
                return plan
            }
            let choice = profile.free.gpus.intersection(needs.gpuChoice)
            let gpus = gpus(for: first.slot, of: choice, choosing: choose)
            let start = begin(first.slot, needs.amounts(on: gpus), at: now, isBackfilled: false)
            plan.starts.append(start)
        }
        return plan
    }

    /// Why a candidate waits, as Slurm calls it; `none` where nothing of it waits.
    ///
    /// O(K).
    public func reason(for id: JobID) -> Reason {
        guard let standing = index.standing(of: id) else { return .none }
        let shape = index.shapes[standing.shape]
        guard capacity.amounts.holds(shape.needs) else { return .partitionConfig }
        guard shape.isPossible else { return .reqNodeNotAvail }
        guard standing.mayStart else { return .jobArrayTaskLimit }
        let head = index.firstShape.flatMap { index.shapes[$0].first?.key.id }
        return head == id ? .resources : .priority
    }

    /// When the first candidates in order are expected to start, `limit` of them at most.
    ///
    /// Each gets the earliest place that leaves those in front of it theirs, if all ends come as
    /// expected; for an array, its next task. O(limit · (R + limit)).
    public func forecast(at now: Instant, limit: Int) -> [Forecast] {
        var timeline = Timeline(profile, at: now)
        return index.first(limit).map { item in
            let start = timeline.book(index.shapes[item.shape].needs, for: item.estimate)
            return Forecast(job: item.id, start: start)
        }
    }

    // MARK: Starting and ending

    private mutating func backfill(
        around reservation: Reservation,
        at now: Instant,
        into plan: inout Plan,
        choosing choose: GPUChoice
    ) {
        var backfill = EasyBackfill(around: reservation, at: now, index: index, free: profile.free)
        while let choice = backfill.next(index: index, free: profile.free) {
            let gpus = gpus(for: choice.slot, of: choice.gpus, choosing: choose)
            let amounts = index.shapes[choice.shape].needs.amounts(on: gpus)
            backfill.start(choice, on: amounts)
            plan.starts.append(begin(choice.slot, amounts, at: now, isBackfilled: true))
        }
    }

    private func gpus(
        for slot: PendingIndex.Slot,
        of choice: GPUSet,
        choosing choose: GPUChoice
    ) -> GPUSet {
        guard let request = index.demand(of: slot).gpus else { return GPUSet() }
        let chosen = GPUSet(choose(request, choice.numbers))
        precondition(
            chosen.isSubset(of: choice) && chosen.count == request.count,
            "GPUs were chosen that the request may not have"
        )
        return chosen
    }

    private mutating func begin(
        _ slot: PendingIndex.Slot,
        _ amounts: Amounts,
        at now: Instant,
        isBackfilled: Bool
    ) -> Plan.Start {
        let job = index.forest.key(of: slot).id
        let estimate = index.forest.estimate(of: slot)
        index.start(slot)
        let known = estimate == .max ? nil : estimate
        let run = begin(amounts, of: job, at: now, estimate: known)
        return Plan.Start(
            job: job,
            run: run,
            gpus: amounts.gpus.numbers,
            isBackfilled: isBackfilled
        )
    }

    private mutating func begin(
        _ amounts: Amounts,
        of job: JobID?,
        at started: Instant,
        estimate: Int64?
    ) -> RunID {
        lastRun += 1
        let run = RunID(number: lastRun)
        let end = Self.end(from: started, estimate: estimate)
        runs[run] = Run(job: job, started: started, end: end)
        profile.add(AvailabilityProfile.Release(end: end, run: run, amounts: amounts))
        return run
    }

    private mutating func finish(_ run: RunID, waitsAgain: Bool) {
        guard let record = runs.removeValue(forKey: run) else {
            preconditionFailure("no such run")
        }
        profile.remove(run, endingAt: record.end)
        if let job = record.job { index.end(job, waitsAgain: waitsAgain) }
    }

    private static func end(from started: Instant, estimate: Int64?) -> Instant {
        estimate.map(started.advanced(bySeconds:)) ?? .unknown
    }
}
