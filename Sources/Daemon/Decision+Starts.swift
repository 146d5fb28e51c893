internal import JobModel
internal import Placement
internal import Planner
internal import QueueStore

extension Decision {
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
        placeUpcoming(&moves)
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
    private mutating func takeNext(of candidate: JobID) -> Upcoming.Starter? {
        if suspended[candidate] != nil || runs[candidate] != nil { return .stopped(candidate) }
        let id = throttled[candidate]?.takeFirst() ?? candidate
        guard var next = waiting[id] else { return nil }
        next.job.count -= 1
        waiting[id] = next.job.count > 0 ? next : nil
        next.job.count = 1
        return .waiting(next)
    }

    /// Gives those their place for whom everything is there; the others are next, as long as
    /// somebody who is to stop has not let go.
    private mutating func placeUpcoming(_ moves: inout Moves) {
        let stopping = runs.values.filter { $0.run == nil }
        let leaving = Set(stopping.flatMap { $0.allocation.gpus.map(\.uuid) })
        let awaited = Set(inventory.gpus.filter { leaving.contains($0.uuid) }.map(\.index))
        var left: [Upcoming] = []
        for next in upcoming {
            if awaited.isDisjoint(with: next.gpus), let start = place(next) {
                moves.starts.append(start)
            } else if stopping.isEmpty {
                moves.misfits.append(next.job)
                giveBack(next)
            } else {
                left.append(next)
            }
        }
        upcoming = left
    }

    private mutating func place(_ next: Upcoming) -> Moves.Start? {
        let candidate: JobID
        let job: StartedJob
        switch next.starter {
        case .waiting(let waiting):
            candidate = waiting.job.id
            job = StartedJob(waiting, inventory)
        case .stopped(let id):
            // It may not stand still yet.
            guard let stopped = suspended[id] else { return nil }
            candidate = id
            job = stopped
        }
        guard let allocation = free.place(job.request, on: next.gpus) else { return nil }
        free.hold(allocation)
        recent.note(RecentWorkload.Kind(cores: job.request.cpus, gpus: job.request.gpus))
        return Moves.Start(
            candidate: candidate,
            run: next.run,
            allocation: allocation,
            job: job,
            goesOn: suspended[candidate] != nil
        )
    }

    /// The start is in the queue, as this attempt.
    mutating func confirm(_ start: Moves.Start, as attempt: AttemptID, at now: Timestamp) {
        var job = start.job
        job.attempt = attempt
        suspended[attempt.job] = nil
        runs[attempt.job] = OngoingRun(
            run: start.run,
            job: job,
            allocation: start.allocation,
            started: now
        )
    }

    /// The start was not to be had; its job is to be refreshed.
    mutating func takeBack(_ start: Moves.Start) {
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
        while let place = upcoming.firstIndex(where: { $0.isWaiting(id) }) {
            planner.undo(upcoming.remove(at: place).run, waitsAgain: false)
        }
    }
}
