internal import JobModel
internal import Placement
internal import Planner
internal import QueueStore

/// What starts now, and on what: the part of `schedd` that decides.
///
/// Touches neither the queue nor a clock, so that a test can drive it with events of its own.
struct Decision: Sendable {
    /// A start that is decided and not yet in the queue.
    struct Start: Sendable {
        /// The candidate: a job, an array's task, or a set of tasks of which the next one starts.
        var candidate: JobID
        var run: RunID
        var allocation: Allocation
        var request: ResourceRequest
        var timeLimit: Int64?
        var allowsRequeue: Bool?
    }

    /// An attempt that holds something.
    struct Run: Sendable {
        var run: RunID
        var allocation: Allocation
    }

    let inventory: Inventory
    private var planner: Planner
    private var freeCPUs: CPUSet
    private var bookedMemory: [Int: Int64] = [:]
    private var recent = RecentWorkload()
    private var usedOutside: Set<Int> = []
    private var waiting: [JobID: WaitingJob] = [:]
    /// Those of ``waiting`` that share a bound on how many run, by array.
    private var throttled: [JobID: ThrottledArray] = [:]
    private var runs: [JobID: Run] = [:]
    /// Those that wait for an instant, by job.
    private var later: [JobID: Timestamp] = [:]

    init(_ inventory: Inventory, by scheme: Scheme = .plain) {
        self.inventory = inventory
        planner = Planner(capacity: inventory.capacity, scheme: scheme)
        freeCPUs = inventory.cpus
    }

    /// How many attempts hold something.
    var runCount: Int { runs.count }

    /// Whether nothing waits that might start.
    var isIdle: Bool { waiting.isEmpty }

    /// The GPUs that attempts hold, by UUID.
    var heldGPUs: [String] { runs.values.flatMap { $0.allocation.gpus.map(\.uuid) } }

    /// The next instant at which a job may start that may not now.
    var nextBegin: Timestamp? { later.values.min() }

    /// The next instant at which something may start by the mere passage of time.
    func nextInstant(after now: Timestamp) -> Timestamp? {
        planner.nextInstant(after: Instant(now)).map {
            Timestamp(microseconds: $0.milliseconds * 1000)
        }
    }

    /// Takes note of how a job waits now; nil where it does not wait any more.
    mutating func refresh(_ id: JobID, _ job: WaitingJob?, at now: Timestamp) {
        forget(id)
        guard let job, job.isFree else { return }
        if let begin = job.begin, begin > now {
            later[id] = begin
            return
        }
        waiting[id] = job
        if let array = job.throttledArray {
            throttled[array, default: ThrottledArray()].add(job)
            offer(array)
        } else {
            offer(job, count: job.count)
        }
    }

    private mutating func forget(_ id: JobID) {
        later[id] = nil
        guard let job = waiting.removeValue(forKey: id) else { return }
        guard let array = job.throttledArray else { return planner.remove(id) }
        throttled[array]?.remove(id)
        offer(array)
    }

    /// Tells the planner what waits of an array with a bound.
    private mutating func offer(_ array: JobID) {
        guard let rows = throttled[array], let first = rows.first, let job = waiting[first] else {
            throttled[array] = nil
            return planner.remove(array)
        }
        offer(job, count: rows.count)
    }

    private mutating func offer(_ job: WaitingJob, count: Int) {
        planner.add(
            Candidate(
                id: job.candidate,
                priority: job.priority,
                submitted: Instant(job.submitted),
                demand: inventory.demand(of: job.request),
                estimate: inventory.limit(job.timeLimit),
                limit: inventory.limit(job.timeLimit),
                count: count,
                throttle: job.throttle
            )
        )
    }

    /// Those whose instant has come; each is to be refreshed.
    func due(at now: Timestamp) -> [JobID] {
        later.filter { $0.value <= now }.map(\.key)
    }

    /// Takes note of an attempt that already holds an allocation.
    mutating func adopt(_ job: RunningJob) {
        let held = Set(job.allocation.gpus.map(\.uuid))
        let gpus = inventory.gpus.filter { held.contains($0.uuid) }
        var wanted = GPURequest(count: gpus.count, memory: job.request.gpus?.memory)
        // A GPU that is not what it was is held whole until the job is over.
        if gpus.contains(where: { $0.thousandths(for: wanted) > 1000 }) { wanted.memory = nil }
        let demand = Demand(
            cores: inventory.choice.units.count(in: job.allocation.cpus),
            memory: job.allocation.memory,
            gpus: gpus.isEmpty ? nil : wanted
        )
        let run = planner.adopt(
            demand,
            gpus: gpus.map(\.index),
            started: Instant(job.claimed),
            estimate: inventory.limit(job.timeLimit),
            limit: inventory.limit(job.timeLimit),
            of: job.array
        )
        hold(job.allocation)
        recent.note(RecentWorkload.Kind(cores: job.request.cpus, gpus: job.request.gpus))
        runs[job.attempt.job] = Run(run: run, allocation: job.allocation)
    }

    /// What starts now; each start must be confirmed or taken back.
    mutating func starts(at now: Timestamp) -> [Start] {
        var placement = GPUPlacement(
            of: inventory.gpus,
            beside: runs.values.map(\.allocation),
            notOn: usedOutside,
            freeCores: inventory.choice.units.count(in: freeCPUs),
            recent: recent
        )
        let plan = planner.plan(at: Instant(now)) { request, free in
            placement.choose(request, from: free)
        }
        var starts: [Start] = []
        for start in plan.starts {
            guard let job = takeNext(of: start.job) else {
                preconditionFailure("what starts does not wait")
            }
            let allocation = place(job.request, on: start.gpus)
            hold(allocation)
            recent.note(RecentWorkload.Kind(cores: job.request.cpus, gpus: job.request.gpus))
            starts.append(
                Start(
                    candidate: job.id,
                    run: start.run,
                    allocation: allocation,
                    request: job.request,
                    timeLimit: inventory.limit(job.timeLimit),
                    allowsRequeue: job.allowsRequeue
                )
            )
        }
        return starts
    }

    /// Exact cores and memory for a job that has these GPUs.
    private func place(_ request: ResourceRequest, on gpus: [Int]) -> Allocation {
        let held = gpus.compactMap { index in inventory.gpus.first { $0.index == index } }
        let near = held.compactMap(\.node)
        guard let cpus = inventory.choice.choose(request.cpus, from: freeCPUs, near: near)
        else { preconditionFailure("the counts admit what cannot be placed") }
        return Allocation(
            cpus: cpus,
            gpus: held.map { gpu in
                let part = request.gpus.map { gpu.thousandths(for: $0) } ?? 1000
                return Allocation.GPUShare(uuid: gpu.uuid, thousandths: part)
            },
            memoryByNode: inventory.memoryChoice.choose(
                inventory.memory(of: request),
                beside: cpus,
                booked: bookedMemory
            )
        )
    }

    private mutating func hold(_ allocation: Allocation) {
        freeCPUs = freeCPUs.subtracting(allocation.cpus)
        for share in allocation.memoryByNode {
            if let node = share.node { bookedMemory[node, default: 0] += share.size.bytes }
        }
    }

    private mutating func release(_ allocation: Allocation) {
        freeCPUs = freeCPUs.union(allocation.cpus.intersection(inventory.cpus))
        for share in allocation.memoryByNode {
            if let node = share.node { bookedMemory[node, default: 0] -= share.size.bytes }
        }
    }

    /// Takes one task of what the planner calls a candidate; nil where none waits.
    private mutating func takeNext(of candidate: JobID) -> WaitingJob? {
        let id = throttled[candidate]?.takeFirst() ?? candidate
        guard var job = waiting[id] else { return nil }
        job.count -= 1
        waiting[id] = job.count > 0 ? job : nil
        return job
    }

    /// The start is in the queue, as this job.
    mutating func confirm(_ start: Start, as job: JobID) {
        runs[job] = Run(run: start.run, allocation: start.allocation)
    }

    /// The start was not to be had; its job is to be refreshed.
    mutating func takeBack(_ start: Start) {
        planner.undo(start.run, waitsAgain: false)
        release(start.allocation)
    }

    /// An attempt holds nothing any more.
    mutating func end(_ job: JobID) {
        guard let ended = runs.removeValue(forKey: job) else { return }
        planner.end(ended.run)
        release(ended.allocation)
    }

    /// GPUs on which somebody else is at work.
    mutating func setUsedOutside(_ gpus: Set<Int>) {
        usedOutside = gpus
        planner.setUnavailable(gpus: gpus)
    }

    /// What `queue` shows of those first in line, and of as many others as there is room for.
    func notes(at now: Timestamp, limit: Int) -> [PlanNote] {
        let forecasts = planner.forecast(at: Instant(now), limit: limit)
        let notes = forecasts.map { forecast in
            PlanNote(
                job: throttled[forecast.job]?.first ?? forecast.job,
                start: forecast.start.map { Timestamp(microseconds: $0.milliseconds * 1000) },
                reason: planner.reason(for: forecast.job)
            )
        }
        guard notes.count < min(limit, waiting.count) else { return notes }
        // Those that no time can be told for, such as an array that runs all that it may.
        let told = Set(notes.map(\.job))
        let others = waiting.values.lazy.filter { !told.contains($0.id) }
            .prefix(limit - notes.count).sorted { $0.id < $1.id }
        return notes
            + others.map {
                PlanNote(job: $0.id, start: nil, reason: planner.reason(for: $0.candidate))
            }
    }
}

extension Instant {
    init(_ time: Timestamp) {
        self.init(milliseconds: time.microseconds / 1000)
    }
}
