internal import JobModel
internal import Placement
internal import Planner
internal import QueueStore

/// What starts now and on what, and what stops for it: the part of `schedd` that decides.
///
/// Touches neither the queue nor a clock, so that a test can drive it with events of its own.
struct Decision: Sendable {
    let inventory: Inventory
    var planner: Planner
    var free: FreeResources
    var prediction: Prediction
    var recent = RecentWorkload()
    private(set) var usedOutside: Set<Int> = []
    var waiting: [JobID: ForeseenJob] = [:]
    /// Those of ``waiting`` that share a bound on how many run, by array.
    var throttled: [JobID: ThrottledArray] = [:]
    private var unforeseen = Unforeseen()
    /// Starts that are decided, and wait for what somebody who was asked to stop still holds.
    var upcoming: [Upcoming] = []
    /// The attempts that hold something, by job.
    var runs: [JobID: OngoingRun] = [:]
    /// The attempts that stand still and hold no CPU, by job.
    var suspended: [JobID: StartedJob] = [:]
    /// Those that wait for an instant, by job.
    private var later: [JobID: Timestamp] = [:]

    init(
        _ inventory: Inventory,
        by scheme: Scheme = .plain,
        _ prediction: Prediction = Prediction(isOn: false, from: [])
    ) {
        self.inventory = inventory
        self.prediction = prediction
        planner = Planner(capacity: inventory.capacity, scheme: scheme)
        free = FreeResources(of: inventory)
    }

    /// Whether nothing waits that might start.
    var isIdle: Bool { waiting.isEmpty && upcoming.isEmpty }

    /// The next instant at which a job may start that may not now.
    var nextBegin: Timestamp? { later.values.min() }

    /// The next instant at which something may start by the mere passage of time.
    func nextInstant(after now: Timestamp) -> Timestamp? {
        planner.nextInstant(after: Instant(now)).flatMap { Timestamp($0) }
    }

    /// Takes note of how a job waits now; nil where it does not wait any more.
    mutating func refresh(_ id: JobID, _ job: WaitingJob?, at now: Timestamp) {
        withdraw(id)
        forget(id)
        guard let job, job.isFree else { return }
        if let begin = job.begin, begin > now {
            later[id] = begin
            return
        }
        waiting[id] = ForeseenJob(job: job, predicted: seconds(of: job))
        if let array = job.throttledArray { throttled[array, default: ThrottledArray()].add(job) }
        if isUnforeseen(id), unforeseen.count <= 2 * waiting.count { unforeseen.append(id) }
        offer(id)
    }

    private mutating func forget(_ id: JobID) {
        later[id] = nil
        guard let job = waiting.removeValue(forKey: id)?.job else { return }
        guard let array = job.throttledArray else { return planner.remove(id) }
        throttled[array]?.remove(id)
        offer(ofArray: array)
    }

    private func seconds(of job: WaitingJob) -> Int64? {
        prediction.seconds(of: job.kind, limit: inventory.limit(job.timeLimit))
    }

    /// Tells the planner of a job that waits.
    mutating func offer(_ id: JobID) {
        guard let waiting = waiting[id] else { return }
        if let array = waiting.job.throttledArray {
            offer(ofArray: array)
        } else {
            offer(waiting, count: waiting.job.count)
        }
    }

    /// Tells the planner what waits of an array with a bound.
    private mutating func offer(ofArray array: JobID) {
        guard let rows = throttled[array], let first = rows.first, let next = waiting[first] else {
            throttled[array] = nil
            return planner.remove(array)
        }
        offer(next, count: rows.count)
    }

    private mutating func offer(_ waiting: ForeseenJob, count: Int) {
        let job = waiting.job
        let limit = inventory.limit(job.timeLimit)
        planner.add(
            Candidate(
                id: job.candidate,
                priority: job.priority,
                submitted: Instant(job.submitted),
                demand: inventory.demand(of: job.request),
                estimate: waiting.predicted ?? limit,
                limit: limit,
                isPreemptible: job.array == nil
                    && inventory.wayToStop(job.request, allowsRequeue: job.allowsRequeue) != nil,
                count: count,
                throttle: job.throttle
            )
        )
    }

    private func isUnforeseen(_ id: JobID) -> Bool {
        guard let waiting = waiting[id] else { return false }
        return waiting.predicted == nil && inventory.limit(waiting.job.timeLimit) == nil
    }

    /// Predicts some of those of which nobody knew anything; the others keep the place that they have
    /// by what was expected when they came.
    mutating func predictUnforeseen() {
        for _ in 0..<min(Unforeseen.atOnce, unforeseen.count) {
            guard let id = unforeseen.next() else { return }
            predictAnew(id)
            if isUnforeseen(id) { unforeseen.append(id) }
        }
    }

    /// Predicts anew how long what waits under this id will run.
    mutating func predictAnew(_ id: JobID) {
        guard let job = waiting[id]?.job else { return }
        let predicted = seconds(of: job)
        guard predicted != waiting[id]?.predicted else { return }
        waiting[id]?.predicted = predicted
        offer(id)
    }

    /// Those whose instant has come; each is to be refreshed.
    func due(at now: Timestamp) -> [JobID] {
        later.filter { $0.value <= now }.map(\.key)
    }

    /// GPUs on which somebody else is at work.
    mutating func setUsedOutside(_ gpus: Set<Int>) {
        usedOutside = gpus
        planner.setUnavailable(gpus: gpus)
        while let place = upcoming.firstIndex(where: { !gpus.isDisjoint(with: $0.gpus) }) {
            giveBack(upcoming.remove(at: place))
        }
    }
}

extension Instant {
    init(_ time: Timestamp) {
        self.init(milliseconds: time.microseconds / 1000)
    }
}

extension Timestamp {
    /// nil for an instant that is too far away to be told.
    init?(_ instant: Instant) {
        let (microseconds, isTooFar) = instant.milliseconds.multipliedReportingOverflow(by: 1000)
        if isTooFar { return nil }
        self.init(microseconds: microseconds)
    }
}
