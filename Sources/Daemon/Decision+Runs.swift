internal import JobModel
internal import Placement
internal import Planner
internal import QueueStore

extension Decision {
    /// How many attempts hold something.
    var runCount: Int { runs.count }

    /// The GPUs that attempts hold, by UUID.
    var heldGPUs: [String] { runs.values.flatMap { $0.allocation.gpus.map(\.uuid) } }

    // MARK: Taking over

    /// Takes note of an attempt that an earlier `schedd` started.
    ///
    /// - Parameter order: the number of the order by which it is to stand still; nil without one.
    mutating func adopt(
        _ running: RunningJob,
        toStopBy order: Int64? = nil,
        at now: Timestamp
    ) {
        var job = StartedJob(running, inventory)
        // When it went on last is not known: it is as if that were now.
        let hasStopped = running.stopped != nil || running.suspendedMicroseconds > 0
        if hasStopped { job.ran = running.ran(at: running.stopped ?? now) }
        let started = hasStopped ? now : running.claimed
        let candidate = candidate(of: running, after: job.ran / 1_000_000)
        if running.stopped != nil {
            suspended[job.attempt.job] = job
            return planner.add(candidate)
        }
        let held = Set(running.allocation.gpus.map(\.uuid))
        let gpus = inventory.gpus.filter { held.contains($0.uuid) }.map(\.index)
        let run =
            if running.array == nil {
                planner.adopt(
                    candidate,
                    holding: demand(of: running),
                    gpus: gpus,
                    started: Instant(started)
                )
            } else {
                planner.adopt(
                    demand(of: running),
                    gpus: gpus,
                    started: Instant(started),
                    estimate: candidate.estimate,
                    limit: candidate.limit,
                    of: running.array
                )
            }
        free.hold(running.allocation)
        recent.note(RecentWorkload.Kind(cores: job.request.cpus, gpus: job.request.gpus))
        runs[job.attempt.job] = OngoingRun(
            run: run,
            job: job,
            allocation: running.allocation,
            started: started,
            order: order
        )
    }

    private func candidate(of running: RunningJob, after progress: Int64) -> Candidate {
        let limit = inventory.limit(running.timeLimit)
        let way = inventory.wayToStop(running.request, allowsRequeue: running.allowsRequeue)
        return Candidate(
            id: running.attempt.job,
            priority: running.priority,
            submitted: Instant(running.submitted),
            demand: inventory.demand(of: running.request),
            estimate: running.predicted ?? limit,
            limit: limit,
            progress: progress,
            isPreemptible: way != nil
        )
    }

    /// What an attempt holds, as the planner counts.
    private func demand(of running: RunningJob) -> Demand {
        let held = Set(running.allocation.gpus.map(\.uuid))
        let gpus = inventory.gpus.filter { held.contains($0.uuid) }
        var wanted = GPURequest(count: gpus.count, memory: running.request.gpus?.memory)
        // A GPU that is not what it was is held whole until the job is over.
        if gpus.contains(where: { $0.thousandths(for: wanted) > 1000 }) { wanted.memory = nil }
        return Demand(
            cores: inventory.choice.units.countTouched(by: running.allocation.cpus),
            memory: running.allocation.memory,
            gpus: gpus.isEmpty ? nil : wanted
        )
    }

    // MARK: Stopping

    /// The attempts that are to stand still, with the numbers of their orders.
    var stopping: [(attempt: AttemptID, order: Int64)] {
        runs.values.compactMap { run in run.order.map { (run.job.attempt, $0) } }
    }

    /// What the planner stops; nil where that had not started yet.
    mutating func stop(_ stop: Plan.Stop) -> Moves.Stop? {
        if let place = upcoming.firstIndex(where: { $0.run == stop.run }) {
            // Its time has not begun, whatever the planner thinks that it has run.
            if case .waiting(let waiting) = upcoming.remove(at: place).starter {
                self.waiting[waiting.job.id] = waiting
                offer(waiting.job.id)
            }
            return nil
        }
        guard let run = runs[stop.job], run.run == stop.run,
            let way = inventory.wayToStop(
                run.job.request,
                allowsRequeue: run.job.allowsRequeue
            )
        else { preconditionFailure("what stops does not run, or may not be stopped") }
        runs[stop.job]?.run = nil
        return Moves.Stop(attempt: run.job.attempt, way: way)
    }

    /// The order to stand still is in the queue, under this number.
    mutating func noted(_ stop: Moves.Stop, order: Int64) {
        runs[stop.attempt.job]?.order = order
    }

    /// An attempt stands still, which is in the queue, and holds nothing any more.
    mutating func standsStill(_ attempt: AttemptID, at now: Timestamp) {
        guard let stopped = runs.removeValue(forKey: attempt.job) else { return }
        free.release(stopped.allocation)
        var job = stopped.job
        job.ran += max(0, now.microseconds - stopped.started.microseconds)
        suspended[attempt.job] = job
        if let run = stopped.run { planner.interrupt(run, at: Instant(now)) }
    }

    // MARK: Ending

    /// An attempt is over, and holds nothing any more.
    mutating func end(_ id: JobID, _ outcome: Outcome) {
        if let place = upcoming.firstIndex(where: { $0.isStopped(id) }) {
            planner.undo(upcoming.remove(at: place).run, waitsAgain: false)
        }
        guard let ended = runs.removeValue(forKey: id) else {
            if suspended.removeValue(forKey: id) != nil { planner.remove(id) }
            return
        }
        free.release(ended.allocation)
        if let run = ended.run { planner.end(run) } else { planner.remove(id) }
        learn(ended, outcome)
    }

    private mutating func learn(_ ended: OngoingRun, _ outcome: Outcome) {
        // How long it would have run, no other end tells.
        guard outcome.cause == .exited || outcome.cause == .timeLimit else { return }
        let last = max(0, outcome.endedAt.microseconds - ended.started.microseconds)
        let run = PastRun(
            uid: ended.job.kind.uid,
            name: ended.job.kind.name,
            seconds: (ended.job.ran + last) / 1_000_000,
            hasFailed: outcome.state == .failed
        )
        prediction.learn(run)
        predictUnforeseen()
        // An array is one candidate for all of its tasks.
        if let array = ended.job.array { predictAnew(array) }
    }
}
