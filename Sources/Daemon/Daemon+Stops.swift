internal import Glibc
internal import JobModel
internal import Linux
internal import Logging
internal import Placement
internal import QueueStore
internal import Supervision

extension Daemon {
    /// Writes down that a run is to stop for another: the order goes out when the journal is read.
    func ask(_ stop: Moves.Stop, at now: Timestamp) throws {
        switch stop.way {
        case .suspend:
            decision.noted(
                stop,
                order: try store.askToSuspend(stop.attempt, by: geteuid(), at: now)
            )
            log.of(stop.attempt).notice("is to stand still for a shorter job")
        case .requeue:
            try store.askToRequeue(stop.attempt, by: geteuid(), at: now)
            log.of(stop.attempt).notice("is to end and to run again, for a shorter job")
        }
    }

    /// The attempts that were asked to stand still and do.
    ///
    /// A supervisor says so in its record once it has carried the order out, and later orders undo
    /// it; hence none of those may be on its way.
    func attemptsThatStandStill() -> [AttemptID] {
        decision.stopping.compactMap { attempt, order in
            guard let watched = attempts.watched(attempt), watched.orders.isEmpty,
                let slot = try? watched.supervised?.progress(), slot.lastOrder >= order,
                slot.isSuspended
            else { return nil }
            return attempt
        }
    }

    /// Gives an attempt that stands still its new place, and has it go on.
    func goOn(_ start: Moves.Start, at now: Timestamp) throws {
        let mask = inventory.choice.mask(
            of: start.allocation.cpus,
            oneThreadPerCore: start.job.request.oneThreadPerCore
        )
        let attempt = start.job.attempt
        let isResumed = try store.resume(
            attempt,
            start.allocation,
            mask: mask,
            by: geteuid(),
            at: now
        )
        guard isResumed else { return decision.takeBack(start) }
        decision.confirm(start, as: attempt, at: now)
        log.of(attempt).notice("goes on, on cpus=\(start.allocation.cpus)")
    }

    /// The orders to stand still that are not known to be carried out, by the attempt that has one.
    ///
    /// The place up to which the journal is carried out does not pass one of which the queue does
    /// not say yet that the attempt stands still (``noteApplied()``).
    func ordersToStandStill() throws -> [AttemptID: Int64] {
        var orders: [AttemptID: Int64] = [:]
        var place = appliedSequence
        while true {
            let entries = try store.journal(after: place)
            for entry in entries {
                place = entry.sequence
                guard let number = entry.attempt else { continue }
                let attempt = AttemptID(job: entry.job, number: number)
                switch entry.verb {
                case .suspend: orders[attempt] = entry.sequence
                case .resume: orders[attempt] = nil
                case .submit, .cancel, .signal, .hold, .release, .requeue: break
                }
            }
            if entries.isEmpty { return orders }
        }
    }
}
