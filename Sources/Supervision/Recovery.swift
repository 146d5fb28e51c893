public import JobModel
public import Linux

/// What a look at an attempt that the queue calls running has shown.
public enum Finding {
    /// Its supervisor lives: adopt it.
    case alive(SupervisedAttempt)
    /// It has ended; the end stands in the record.
    case ended(Outcome)
    /// Another life of the machine had it: nothing of it runs, and how far it came is not known.
    case otherBoot
    /// Its supervisor died, and all that was left of it has been ended now.
    case supervisorDied
    /// Its supervisor died, and what is left of it is being ended: look again soon.
    case dying
    /// It never came to life and never will.
    case neverStarted
}

extension Spool {
    /// Finds out what became of an attempt: the five rules, in their order.
    ///
    /// May be asked at any time and any number of times; says the same until the attempt is removed
    /// or goes on. Takes up to some ten milliseconds where remains are to be ended.
    /// - Parameters:
    ///   - claimed: the identity that the claim was committed with.
    ///   - wasSeenAlive: whether the queue knows that it came to life; decides where the record
    ///     itself is gone.
    public mutating func examine(
        _ attempt: AttemptID,
        claimedIn claimed: BootIdentity,
        now: BootIdentity,
        wasSeenAlive: Bool = false
    ) throws(SystemError) -> Finding {
        switch try lock(attempt) {
        case .refused(let record):
            let supervised = SupervisedAttempt(
                attempt: attempt,
                record: record,
                supervisor: nil
            )
            _ = try supervised.findSupervisor()
            return .alive(supervised)
        case .taken(let locked):
            return try examine(attempt, locked, claimedIn: claimed, now: now)
        case .missing where claimed != now:
            return .otherBoot
        case .missing:
            return try examineWithoutRecord(attempt, now, wasSeenAlive)
        }
    }

    private func examine(
        _ attempt: AttemptID,
        _ locked: borrowing LockedRecord,
        claimedIn claimed: BootIdentity,
        now: BootIdentity
    ) throws(SystemError) -> Finding {
        if let outcome = try locked.record.outcome() { return .ended(outcome) }
        if claimed != now { return .otherBoot }
        let run = try locked.record.run()
        if let run, run.job != nil {
            let remains = Remains(run: run, marker: marker(of: attempt))
            return try remains.end() ? .supervisorDied : .dying
        }
        // A process that was forked but never let go ends by itself; its cgroup would stay.
        if let run, run.cgroup != nil, try !Remains(run: run, marker: marker(of: attempt)).end() {
            return .dying
        }
        try locked.makeVoid(ClaimSlot(attempt: attempt, boot: claimed))
        return .neverStarted
    }

    /// A record is made before anything starts, so that none means that nothing did: unless the
    /// job, which may write where its user may, has removed it.
    private mutating func examineWithoutRecord(
        _ attempt: AttemptID,
        _ now: BootIdentity,
        _ wasSeenAlive: Bool
    ) throws(SystemError) -> Finding {
        // Also the supervisor is one of them, with a record that no name leads to.
        let remains = Remains(run: nil, marker: marker(of: attempt))
        let isThere = try remains.exist()
        guard wasSeenAlive || isThere else { return .neverStarted }
        // Before anything is ended: were we to die then, the next look would find nothing at all.
        let locked = try create(ClaimSlot(attempt: attempt, boot: now))
        let unknown = RunSlot.Process(pid: 0, startTime: 0)
        var run = RunSlot(supervisor: unknown)
        run.job = unknown
        try locked.record.write(run)
        return try remains.end() ? .supervisorDied : .dying
    }
}
