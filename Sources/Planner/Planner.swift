public import JobModel

/// Decides which candidate starts when, on which GPUs, and which run stops for another.
///
/// A value fed with events: candidates come and go, runs end, and after each event, or a batch of
/// them, ``plan(at:choosing:)`` says what starts. The same events give the same plans. What can
/// happen by the mere passage of time, ``nextInstant(after:)`` tells. What an event costs does not
/// grow with the queue but for the depth of a tree; with K groups of candidates, R runs and Q
/// candidates a plan costs O(K + (starts + 1) · log K · log Q + R), and more where conservative
/// backfill keeps places.
public struct Planner: Sendable {
    /// Policy, backfill and their parameters.
    public private(set) var scheme: Scheme
    let capacity: Capacity
    var index: PendingIndex
    var profile: AvailabilityProfile
    var runs: [RunID: Run] = [:]
    var book: ReservationBook
    var reserved: [ReservedTime] = []
    /// What is kept from others for a candidate that has waited as long as any may.
    var vigil: Vigil?
    /// The instant of the last plan.
    var clock = Instant(milliseconds: 0)
    private var lastRun: Int64 = 0

    /// A planner for an idle machine of this capacity, with nothing waiting.
    public init(capacity: Capacity, scheme: Scheme = .plain) {
        self.capacity = capacity
        self.scheme = scheme
        index = PendingIndex(capacity: capacity, scheme: scheme)
        profile = AvailabilityProfile(capacity: capacity.amounts)
        book = ReservationBook(free: capacity.amounts)
    }

    // MARK: Candidates

    /// How many candidates wait, an array counting once.
    public var waitingCount: Int { index.waitingCount }

    /// Adds a candidate, or replaces what is known of one; what runs of it stays counted.
    ///
    /// An estimate above the limit is cut to it. O(log Q).
    public mutating func add(_ candidate: Candidate) {
        let candidate = candidate.bounded
        if isBookKept, let old = index.candidate(candidate.id), let slot = index.slot(of: old.id) {
            // A new place in the order is no reason to lose the place in time.
            var same = old
            same.priority = candidate.priority
            same.count = candidate.count
            if same != candidate { book.drop(slot) }
        }
        index.set(candidate)
        noteNewcomer(candidate.id)
    }

    /// Takes out a candidate: held, cancelled, or no more tasks of it wait.
    ///
    /// What runs of it goes on. Does nothing where it is unknown. O(log Q).
    public mutating func remove(_ id: JobID) {
        if isBookKept, let slot = index.slot(of: id) { book.drop(slot) }
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
        add(candidate)
        return true
    }

    /// The candidate as it now stands; nil where nothing of it waits.
    public func candidate(_ id: JobID) -> Candidate? { index.candidate(id) }

    // MARK: Runs

    /// How many runs there are.
    public var runCount: Int { runs.count }

    /// When a run is expected to end; nil where nobody knows, or it is over.
    public func expectedEnd(of run: RunID) -> Instant? { runs[run]?.end.known }

    /// Counts what already runs, as after a restart.
    ///
    /// `gpus` are those held, of which only the ones of this machine count; `estimate` and `limit`
    /// are in seconds from `started`, nil where nobody knows. `array` is the candidate whose
    /// throttle the run counts against, which may be added before or after; nil for none.
    public mutating func adopt(
        _ demand: Demand,
        gpus: [Int] = [],
        started: Instant,
        estimate: Int64?,
        limit: Int64? = nil,
        of array: JobID? = nil
    ) -> RunID {
        if let array { index.adopt(array, demand: demand) }
        return begin(
            Run(
                job: array,
                started: started,
                amounts: held(demand, gpus),
                estimate: estimate,
                limit: limit
            )
        )
    }

    /// Counts a job that already runs and may be stopped, in which case it waits as this candidate.
    ///
    /// Its progress is what it had run before this start. What it holds need not be what it asks
    /// for: the machine may have been another one when it started.
    public mutating func adopt(
        _ candidate: Candidate,
        holding demand: Demand,
        gpus: [Int] = [],
        started: Instant
    ) -> RunID {
        let candidate = candidate.bounded
        index.adopt(candidate)
        return begin(
            Run(
                job: candidate.id,
                started: started,
                amounts: held(demand, gpus),
                estimate: candidate.estimate,
                limit: candidate.limit,
                progress: candidate.progress,
                isPreemptible: candidate.isPreemptible
            )
        )
    }

    private func held(_ demand: Demand, _ gpus: [Int]) -> Amounts {
        let held = GPUSet(gpus.filter { 0...Capacity.largestGPUIndex ~= $0 })
            .intersection(capacity.amounts.gpus)
        return capacity.needs(of: demand).amounts(on: held)
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

    /// A run stands still outside any plan, holds nothing any more, and waits to go on.
    ///
    /// For what was about to stop when an earlier planner ended. Only for runs of single candidates.
    public mutating func interrupt(_ run: RunID, at now: Instant) {
        book.isStale = true
        waitAgain(remove(run), at: now)
    }

    /// A run is now expected to take so many seconds in all, and may take no more than `limit`;
    /// nil where nobody knows.
    ///
    /// For what a user has changed: an estimate that a run has outlived is raised by itself.
    public mutating func correct(_ run: RunID, estimate: Int64?, limit: Int64? = nil) {
        guard var record = runs[run] else { preconditionFailure("no such run") }
        record.estimate = estimate
        record.firstEstimate = estimate
        record.corrections = 0
        record.limit = limit
        record.end = record.expectedEnd
        replace(run, by: record)
        book.isStale = true
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
        renewBook()
    }

    /// Says what capacity is set aside, and when; replaces what was said before.
    ///
    /// Nothing starts that is expected to run into it. What runs already goes on.
    public mutating func setReserved(_ times: [ReservedTime]) {
        reserved = times
        book.isStale = true
    }

    /// Gives waiting candidates back the places that were kept for them before a restart.
    ///
    /// Their order in time is what counts: the next plan makes the places anew, each as early as
    /// those before it allow. Does nothing but with conservative backfill.
    public mutating func restorePlaces(_ starts: [JobID: Instant]) {
        guard isBookKept else { return }
        for (id, start) in starts {
            guard let slot = index.slot(of: id), index.isStartable(slot) else { continue }
            book.restore(slot, startingAt: start)
        }
    }

    /// Decides by another scheme from now on; candidates and runs stay.
    ///
    /// O(Q log Q).
    public mutating func change(to scheme: Scheme) {
        self.scheme = scheme
        index.change(to: scheme)
        vigil = nil
        book = ReservationBook(free: capacity.amounts)
        renewBook()
    }

    // MARK: Records

    /// Whether candidates have places kept for them.
    var isBookKept: Bool { scheme.backfill.kind == .conservative }

    /// All places are to be made anew, and every candidate may want one.
    private mutating func renewBook() {
        guard isBookKept else { return }
        book.isStale = true
        book.note(index.startableSlots)
    }

    private mutating func noteNewcomer(_ id: JobID) {
        guard isBookKept, let slot = index.slot(of: id), index.isStartable(slot) else { return }
        book.note(slot)
        if index.forest.key(of: slot).isOverdue { book.isStale = true }
    }

    /// Starts the candidate in a slot.
    ///
    /// Where its place in time is kept, it ends with that.
    mutating func begin(
        _ slot: PendingIndex.Slot,
        _ amounts: Amounts,
        at now: Instant,
        endingAt end: Instant? = nil
    ) -> RunID {
        let length = index.forest.length(of: slot)
        let past = index.interruption(of: slot)
        let progress = past?.progress ?? 0
        var run = Run(
            job: index.forest.key(of: slot).id,
            started: now,
            amounts: amounts,
            estimate: Seconds.given(length.estimate).map { $0 + progress },
            limit: Seconds.given(length.limit).map { $0 + progress },
            progress: progress,
            isPreemptible: index.isPreemptible(slot) && !index.forest.key(of: slot).isOverdue
        )
        run.firstEstimate = past?.firstEstimate ?? run.estimate
        run.corrections = past?.corrections ?? 0
        index.start(slot)
        return begin(run, endingAt: end)
    }

    private mutating func begin(_ run: Run, endingAt end: Instant? = nil) -> RunID {
        lastRun += 1
        let id = RunID(number: lastRun)
        var run = run
        run.firstEstimate = run.firstEstimate ?? run.estimate
        run.end = end ?? run.expectedEnd
        runs[id] = run
        profile.add(release(of: id, run))
        if end == nil { book.isStale = true }
        return id
    }

    private func release(of id: RunID, _ run: Run) -> AvailabilityProfile.Release {
        AvailabilityProfile.Release(
            end: run.end,
            run: id,
            amounts: run.amounts,
            canGrow: run.canGrow
        )
    }

    /// What is known of a run has changed.
    mutating func replace(_ id: RunID, by run: Run) {
        guard let old = runs[id] else { preconditionFailure("no such run") }
        profile.remove(id, endingAt: old.end)
        runs[id] = run
        profile.add(release(of: id, run))
    }

    /// Takes out a run; its record is returned.
    mutating func remove(_ id: RunID) -> Run {
        guard let run = runs.removeValue(forKey: id) else { preconditionFailure("no such run") }
        profile.remove(id, endingAt: run.end)
        return run
    }

    private mutating func finish(_ id: RunID, waitsAgain: Bool) {
        let run = remove(id)
        if isBookKept {
            book.release(run.amounts, upTo: run.end)
            // Its end was put off with every plan that it outlived.
            if run.end <= clock { book.isStale = true }
            // A GPU that another run holds as well, by a mistake of the past, is not free.
            let held = run.amounts.gpusInPart
            let freed = held.intersection(profile.usableGPUs)
            if freed != held || !freed.isSubset(of: profile.free.gpusInPart) {
                book.isStale = true
            }
        }
        guard let job = run.job else { return }
        index.end(job, waitsAgain: waitsAgain)
        noteNewcomer(job)
    }
}
