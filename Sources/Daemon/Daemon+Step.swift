internal import JobModel
internal import Linux
internal import Logging
internal import QueueStore
internal import Supervision

/// An attempt that is over, and how.
struct Finished {
    var watched: Attempts.Watched
    var outcome: Outcome

    /// What becomes of its job.
    enum Consequence {
        /// It has not run, and is launched again a few times.
        case triesAgain
        /// It waits for another run.
        case runsAgain
        /// It has ended.
        case isOver
    }

    /// What becomes of its job, unless somebody has asked to cancel it.
    var consequence: Consequence {
        switch outcome.cause {
        case .neverStarted, .cutOff: .triesAgain
        case .requeued: .runsAgain
        case .lost where watched.allowsRequeue: .runsAgain
        case .exited, .cancelled, .timeLimit, .launchFailed, .lost: .isOver
        }
    }
}

extension Daemon {
    /// Looks at everything that may have changed, until nothing more follows.
    func step() throws {
        while true {
            let now = Timestamp(microseconds: Clock.realtimeMicroseconds)
            let finished = try lookAtAttempts()
            let entries = try store.journal(after: readSequence)
            for id in try read(entries) + decision.due(at: now) {
                decision.refresh(id, try store.waitingJob(id), at: now)
            }
            attempts.deliver()
            let (launches, hasOrders) = try commit(finished, at: now)
            for job in finished {
                tell(job)
                attempts.drop(job.watched.attempt.job, at: Clock.monotonicMicroseconds)
            }
            // Whoever has got a place comes first; what is over can be taken down meanwhile.
            for launch in launches { start(launch) }
            for job in finished { takeDown(job) }
            housekeeping.count(commits: entries.count)
            try keepHouse(at: now)
            if finished.isEmpty && entries.isEmpty && launches.isEmpty && !hasOrders { return }
        }
    }

    /// Does what is done now and then.
    private func keepHouse(at now: Timestamp) throws {
        let instant = Clock.monotonicMicroseconds
        if housekeeping.wantsNotes(at: instant, isBehind: readSequence > appliedSequence) {
            let notes = decision.notes(at: now, limit: Housekeeping.notes)
            let isNew = housekeeping.show(notes, at: instant)
            try store.write {
                if isNew { try store.leave(notes, promisedBy: promisingPolicy) }
                try noteApplied()
            }
        }
        do { try housekeeping.checkpoint(at: instant) } catch {
            log.warning("the checkpoint is put off: \(error)")
        }
    }

    /// Takes up what the tools have done; gives the jobs to look at again.
    private func read(_ entries: [JournalEntry]) throws -> [JobID] {
        var touched: [JobID] = []
        for entry in entries {
            readSequence = entry.sequence
            try learnName(of: entry.uid)
            guard attempts.byJob[entry.job] != nil else {
                touched.append(entry.job)
                continue
            }
            guard attempts.isMeant(by: entry) else {
                touched.append(entry.job)
                continue
            }
            switch entry.verb {
            case .cancel: attempts.queue(.cancel, number: entry.sequence, for: entry.job)
            case .requeue: attempts.queue(.requeue, number: entry.sequence, for: entry.job)
            case .signal:
                guard let number = entry.argument.flatMap({ Int32($0) }) else { continue }
                attempts.queue(.signal(number), number: entry.sequence, for: entry.job)
            case .suspend: attempts.queue(.suspend, number: entry.sequence, for: entry.job)
            case .resume:
                let mask = entry.argument.flatMap { try? CPUSet(parsing: ByteString($0)) }
                let order = Order.resume(mask ?? CPUSet())
                attempts.queue(order, number: entry.sequence, for: entry.job)
            case .submit, .hold, .release: touched.append(entry.job)
            }
        }
        return touched
    }

    /// Records the ends, the stops and the starts that follow from them in one commit.
    ///
    /// - Returns: what is to be launched, and whether there are orders to be read in the journal.
    private func commit(
        _ finished: [Finished],
        at now: Timestamp
    ) throws -> (launches: [Launching], hasOrders: Bool) {
        let still = attemptsThatStandStill()
        let isChanged = !finished.isEmpty || !still.isEmpty
        var moves = isChanged ? Moves() : try self.moves(at: now)
        guard isChanged || !moves.isEmpty else { return ([], false) }
        let launches = try store.write {
            for job in finished {
                let changed = try record(job, at: now)
                decision.end(job.watched.attempt.job, job.outcome)
                attempts.forgetOrders(of: job.watched.attempt.job)
                for id in changed { decision.refresh(id, try store.waitingJob(id), at: now) }
            }
            for attempt in still where try store.suspend(attempt, at: now) {
                decision.standsStill(attempt, at: now)
            }
            if isChanged { moves = try self.moves(at: now) }
            for stop in moves.stops { try ask(stop, at: now) }
            let launches = try moves.starts.compactMap { try begin($0, at: now) }
            try noteApplied()
            return launches
        }
        housekeeping.count(commits: 1)
        return (launches, !still.isEmpty || moves.hasOrders)
    }

    /// What stops and starts now; nothing where the disk has no room for what a launch writes there.
    private func moves(at now: Timestamp) throws -> Moves {
        lacksRoom = try !decision.isIdle && folder.freeBytes() < Self.roomForLaunch
        guard !lacksRoom else { return Moves() }
        let moves = decision.moves(at: now)
        if moves.isCorrected { housekeeping.renewNotes() }
        for job in moves.misfits {
            log.error("job=\(job) fits by the count and has no place; it waits for a change")
        }
        return moves
    }

    /// Bytes for a record and a script of usual size.
    private static var roomForLaunch: Int64 { 65_536 }

    private func begin(_ start: Moves.Start, at now: Timestamp) throws -> Launching? {
        if start.goesOn {
            try goOn(start, at: now)
            return nil
        }
        let claimed = try store.claim(
            start.candidate,
            start.allocation,
            boot: boot.text,
            predicted: start.job.predicted,
            at: now
        )
        guard let claimed else {
            decision.takeBack(start)
            decision.refresh(start.candidate, try store.waitingJob(start.candidate), at: now)
            return nil
        }
        decision.confirm(start, as: claimed.attempt, at: now)
        for id in claimed.changed { decision.refresh(id, try store.waitingJob(id), at: now) }
        return Launching(claimed: claimed, start: start)
    }

    /// Notes how far the journal is carried out: not beyond an order still to be handed on, or one to
    /// stand still whose attempt does not yet.
    func noteApplied() throws {
        let oldest = decision.stopping.map(\.order).min() ?? .max
        let place = min(readSequence, (attempts.oldestOrder ?? .max) - 1, oldest - 1)
        guard place > appliedSequence else { return }
        try store.setAppliedSequence(place)
        appliedSequence = place
    }

    /// Writes one end; gives the jobs whose chance to start has changed.
    private func record(_ job: Finished, at now: Timestamp) throws -> [JobID] {
        let attempt = job.watched.attempt
        let outcome = job.outcome
        let ended: Ended?
        switch job.consequence {
        case .triesAgain:
            let retry = LaunchRetry(
                after: outcome.cause,
                earlier: try store.lifelessAttempts(of: attempt.job)
            )
            ended = try store.putBack(
                attempt,
                outcome,
                begin: Timestamp(microseconds: now.microseconds + retry.pause),
                isHeld: retry.isHeld,
                countsAsRestart: false,
                at: now
            )
        case .runsAgain:
            ended = try store.putBack(
                attempt,
                outcome,
                begin: nil,
                isHeld: false,
                countsAsRestart: true,
                at: now
            )
        case .isOver: ended = try store.end(attempt, outcome, at: now)
        }
        return ended?.changed ?? []
    }

    /// Says in the log how an attempt ended, once that is in the queue.
    private func tell(_ job: Finished) {
        let log = log.of(job.watched.attempt)
        let outcome = job.outcome
        let message = outcome.message.isEmpty ? "" : " (\(outcome.message))"
        switch job.consequence {
        case .triesAgain: log.warning("never came to life\(message)")
        case .runsAgain where outcome.cause == .lost:
            log.warning("lost its supervisor and is to run again")
        case .runsAgain: log.notice("is to run again")
        case .isOver:
            let state = outcome.state.rawValue
            log.notice("ended \(state) exit=\(outcome.exitCode):\(outcome.signal)\(message)")
        }
    }

    /// Removes what an attempt had in the spool, once its end is committed.
    private func takeDown(_ job: Finished) {
        do throws(SystemError) {
            try spool.remove(job.watched.attempt)
        } catch {
            log.of(job.watched.attempt).error("its record could not be removed: \(error)")
        }
    }

    private func learnName(of uid: UInt32) throws {
        guard userNames[uid] == nil else { return }
        let name = SystemUser.name(of: uid)
        userNames[uid] = name ?? String(uid)
        if let name { try store.write { try store.leave(userName: name, of: uid) } }
    }
}
