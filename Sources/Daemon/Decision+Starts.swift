internal import JobModel
internal import Placement
internal import Planner
internal import QueueStore

extension Decision {
    /// What is to be done now.
    struct Moves: Sendable {
        /// Each is to be asked to stop, and the order noted (``noted(_:order:)``).
        var stops: [Stop] = []
        /// Each must be confirmed or taken back.
        var starts: [Start] = []
        /// Whether a run takes longer than was expected, so that others start later.
        var isCorrected = false

        var isEmpty: Bool { stops.isEmpty && starts.isEmpty }

        /// Whether what is done writes orders into the journal.
        var hasOrders: Bool { !stops.isEmpty || starts.contains(where: \.goesOn) }
    }

    /// Who starts.
    enum Starter: Sendable {
        /// A job, or a task of a set.
        case waiting(Waiting)
        /// A job that stands still, or is about to.
        case stopped(JobID)
    }

    /// A start that is decided.
    struct Upcoming: Sendable {
        var starter: Starter
        var run: RunID
        var gpus: [Int]
    }

    /// A start with the place that it has.
    struct Start: Sendable {
        /// The job, the array's task, or the set of tasks of which the next one starts.
        var candidate: JobID
        var run: RunID
        var allocation: Allocation
        /// Its attempt has no number yet, unless it has run before and goes on.
        var job: Attempted
        /// Whether it stands still, and goes on.
        var goesOn: Bool
    }

    /// What stops and starts now.
    mutating func moves(at now: Timestamp) -> Moves {
        var placement: GPUPlacement?
        if !inventory.gpus.isEmpty { placement = gpuPlacement }
        let plan = planner.plan(at: Instant(now)) { request, free in
            placement?.choose(request, from: free) ?? []
        }
        var moves = Moves(isCorrected: !plan.corrections.isEmpty)
        moves.stops = plan.stops.compactMap { stop($0) }
        for start in plan.starts {
            guard let starter = takeNext(of: start.job) else {
                preconditionFailure("what starts does not wait")
            }
            upcoming.append(Upcoming(starter: starter, run: start.run, gpus: start.gpus))
        }
        moves.starts = placeUpcoming()
        return moves
    }

    private var gpuPlacement: GPUPlacement {
        let held = runs.values.filter { $0.run != nil }.flatMap(\.allocation.gpus)
        return GPUPlacement(
            of: inventory.gpus,
            beside: held,
            notOn: usedOutside,
            freeCores: inventory.choice.units.count(in: free.cpus),
            recent: recent
        )
    }

    /// Takes one task of what the planner calls a candidate; nil where none waits.
    private mutating func takeNext(of candidate: JobID) -> Starter? {
        if suspended[candidate] != nil || runs[candidate] != nil { return .stopped(candidate) }
        let id = throttled[candidate]?.takeFirst() ?? candidate
        guard var next = waiting[id] else { return nil }
        next.job.count -= 1
        waiting[id] = next.job.count > 0 ? next : nil
        next.job.count = 1
        return .waiting(next)
    }

    /// Gives those their place for whom everything is there; the others are next.
    private mutating func placeUpcoming() -> [Start] {
        var starts: [Start] = []
        var left: [Upcoming] = []
        for next in upcoming {
            if let start = place(next) { starts.append(start) } else { left.append(next) }
        }
        precondition(
            left.isEmpty || runs.values.contains { $0.run == nil },
            "the counts admit what cannot be placed"
        )
        upcoming = left
        return starts
    }

    private mutating func place(_ next: Upcoming) -> Start? {
        let candidate: JobID
        let job: Attempted
        switch next.starter {
        case .waiting(let waiting):
            candidate = waiting.job.id
            job = Attempted(waiting, inventory)
        case .stopped(let id):
            // It may not stand still yet.
            guard let stopped = suspended[id] else { return nil }
            candidate = id
            job = stopped
        }
        guard let allocation = free.place(job.request, on: next.gpus) else { return nil }
        free.hold(allocation)
        recent.note(RecentWorkload.Kind(cores: job.request.cpus, gpus: job.request.gpus))
        return Start(
            candidate: candidate,
            run: next.run,
            allocation: allocation,
            job: job,
            goesOn: suspended[candidate] != nil
        )
    }

    /// The start is in the queue, as this attempt.
    mutating func confirm(_ start: Start, as attempt: AttemptID, at now: Timestamp) {
        var job = start.job
        job.attempt = attempt
        suspended[attempt.job] = nil
        runs[attempt.job] = Run(
            run: start.run,
            job: job,
            allocation: start.allocation,
            started: now
        )
    }

    /// The start was not to be had; its job is to be refreshed.
    mutating func takeBack(_ start: Start) {
        planner.undo(start.run, waitsAgain: false)
        free.release(start.allocation)
    }

    /// A start comes to nothing before it has its place; its job waits as before.
    mutating func giveBack(_ next: Upcoming) {
        guard case .waiting(let one) = next.starter else {
            return planner.undo(next.run, waitsAgain: true)
        }
        planner.undo(next.run, waitsAgain: false)
        var whole = one
        whole.job.count += waiting[one.job.id]?.job.count ?? 0
        waiting[one.job.id] = whole
        if let array = one.job.throttledArray {
            throttled[array, default: ThrottledArray()].remove(one.job.id)
            throttled[array]?.add(whole.job)
        }
        offer(one.job.id)
    }

    /// Takes back what of a waiting job has been decided and not come to pass.
    mutating func withdraw(_ id: JobID) {
        while let place = upcoming.firstIndex(where: { $0.starter.isWaiting(id) }) {
            planner.undo(upcoming.remove(at: place).run, waitsAgain: false)
        }
    }
}

extension Decision.Starter {
    fileprivate func isWaiting(_ id: JobID) -> Bool {
        if case .waiting(let waiting) = self { waiting.job.id == id } else { false }
    }
}
