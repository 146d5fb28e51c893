internal import JobModel
internal import Linux
internal import Logging
internal import Planner
internal import QueueStore
internal import Supervision

extension Daemon {
    /// Takes over what an earlier `schedd` left, or this one: what runs, what waits, what lies in
    /// the spool.
    func recover() throws {
        let now = Timestamp(microseconds: Clock.realtimeMicroseconds)
        appliedSequence = try store.appliedSequence()
        readSequence = appliedSequence
        var running: Set<AttemptID> = []
        let orders = try ordersToStandStill()
        for job in try store.runningJobs() {
            decision.adopt(job, toStopBy: orders[job.attempt], at: now)
            running.insert(job.attempt)
            let known = attempts.watched(job.attempt)
            attempts.watch(
                Attempts.Watched(
                    attempt: job.attempt,
                    supervised: known?.supervised,
                    boot: BootIdentity(text: job.boot),
                    allowsRequeue: job.allowsRequeue ?? configuration.requeuesJobs,
                    mayBeCutOff: known?.mayBeCutOff ?? true
                )
            )
        }
        try store.forEachWaitingJob { decision.refresh($0.id, $0, at: now) }
        if let policy = promisingPolicy {
            decision.restorePlaces(try store.promisedStarts(by: policy))
        }
        for attempt in try spool.attempts() where !running.contains(attempt) { sweep(attempt) }
    }

    /// The policy by which starts are promised, and not only expected; nil where they are not.
    var promisingPolicy: String? {
        let scheme = configuration.scheme
        return scheme.backfill.kind == .conservative ? scheme.policy.rawValue : nil
    }

    /// Forgets what was decided, and takes it from the queue anew.
    func decideAnew() throws {
        var prediction = decision.prediction
        prediction.isOn = configuration.predictsRunTimes
        decision = Decision(inventory, by: configuration.scheme, prediction)
        decision.setUsedOutside(usedOutside)
        try recover()
    }

    /// Removes what is left of an attempt whose end is in the queue, unless somebody holds it.
    private func sweep(_ attempt: AttemptID) {
        do throws(SystemError) {
            var finding = try spool.examine(attempt, claimedIn: boot, now: boot)
            // Each look takes what there is to kill some way; without its record, nobody would.
            for _ in 0..<100 {
                guard case .dying = finding else { break }
                finding = try spool.examine(attempt, claimedIn: boot, now: boot)
            }
            switch finding {
            case .alive(let supervised) where try supervised.outcome() == nil:
                log.of(attempt).error("runs, but the queue knows nothing of it; it is left alone")
            case .dying:
                log.of(attempt).error("what is left of it cannot be ended; it stays in the spool")
            // Alive with an end: its supervisor is on its way out.
            case .alive, .ended, .otherBoot, .supervisorDied, .neverStarted:
                try spool.remove(attempt)
            }
        } catch {
            log.of(attempt).error("what it left in the spool could not be removed: \(error)")
        }
    }

    /// The attempts that are over: those whose supervisor says so, and those that have none.
    func lookAtAttempts() throws -> [Finished] {
        var finished: [Finished] = []
        for watched in attempts.byJob.values {
            do throws(SystemError) {
                if let supervised = watched.supervised {
                    if let outcome = try supervised.outcome() {
                        finished.append(Finished(watched: watched, outcome: outcome))
                        continue
                    }
                    if try !hasEnded(supervised) { continue }
                }
                if let outcome = try examine(watched) {
                    finished.append(Finished(watched: watched, outcome: outcome))
                }
            } catch {
                log.of(watched.attempt).error("could not be looked at: \(error)")
            }
        }
        return finished
    }

    /// Whether a supervisor has gone, or one that was adopted cannot be found.
    private func hasEnded(_ supervised: SupervisedAttempt) throws(SystemError) -> Bool {
        guard try supervised.findSupervisor() else { return true }
        return supervised.supervisor?.hasEnded ?? true
    }

    /// Looks at an attempt without a supervisor that we know; nil while it goes on.
    private func examine(_ watched: Attempts.Watched) throws(SystemError) -> Outcome? {
        let now = Timestamp(microseconds: Clock.realtimeMicroseconds)
        let finding = try spool.examine(
            watched.attempt,
            claimedIn: watched.boot,
            now: boot,
            wasSeenAlive: watched.supervised != nil
        )
        switch finding {
        case .alive(let supervised):
            attempts.adopt(supervised)
            return nil
        case .ended(let outcome): return outcome
        case .dying: return nil
        case .otherBoot, .supervisorDied: return Outcome(cause: .lost, endedAt: now)
        case .neverStarted:
            return Outcome(cause: watched.mayBeCutOff ? .cutOff : .neverStarted, endedAt: now)
        }
    }
}
