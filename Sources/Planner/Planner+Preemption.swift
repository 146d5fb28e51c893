import JobModel

extension Planner {
    /// Stops runs, longest remaining time first, until a much shorter candidate fits.
    ///
    /// Does nothing and returns false where the policy never stops a run, or where all that may be
    /// stopped would not do.
    mutating func makeRoom(for place: Contender, in room: inout Room, _ pass: inout Pass) -> Bool {
        guard scheme.policy == .srtf else { return false }
        let needs = index.needs(of: place.group)
        let length = index.forest.length(of: place.slot).estimate
        guard length != Seconds.unknown else { return false }
        var chosen: [Victim] = []
        var after = room
        for victim in victims(of: length, at: pass.now)
        where Self.helps(victim.amounts, needs, in: after.free) {
            chosen.append(victim)
            after.free.add(profile.usable(victim.amounts))
            if let run = runs[victim.run] {
                after.timeline?.give(
                    Timeline.Place(
                        start: pass.now,
                        end: run.end,
                        amounts: profile.usable(victim.amounts)
                    )
                )
            }
            guard after.longest(needs) >= length else { continue }
            for victim in chosen { stop(victim.run, &pass) }
            room = after
            return true
        }
        return false
    }

    /// A run that may be stopped.
    private struct Victim: Comparable {
        var remaining: Int64
        var submitted: Instant
        var job: JobID
        var run: RunID
        var amounts: Amounts

        /// Who has the most left is the first to be stopped.
        static func < (left: Victim, right: Victim) -> Bool {
            (left.remaining, left.submitted, left.job)
                > (right.remaining, right.submitted, right.job)
        }
    }

    private func victims(of length: Int32, at now: Instant) -> [Victim] {
        let least = scheme.preemption.gain * Double(length)
        var victims: [Victim] = []
        for (id, run) in runs where run.isPreemptible {
            guard run.started < now, run.slice(at: now) >= scheme.preemption.minimumSlice else {
                continue
            }
            let remaining = run.remaining(at: now)
            guard Double(remaining) >= least, let job = run.job, let slot = index.slot(of: job)
            else { continue }
            victims.append(
                Victim(
                    remaining: remaining,
                    submitted: index.forest.key(of: slot).submitted,
                    job: job,
                    run: id,
                    amounts: run.amounts
                )
            )
        }
        return victims.sorted()
    }

    /// Whether a run holds anything of what is missing.
    private static func helps(_ amounts: Amounts, _ needs: Needs, in free: Amounts) -> Bool {
        if needs.cores > free.cores, amounts.cores > 0 { return true }
        if needs.memory > free.memory, amounts.memory > 0 { return true }
        return needs.gpuCount > free.choice(for: needs).count
            && !amounts.gpusInPart.intersection(needs.gpuChoice).isEmpty
    }

    private mutating func stop(_ id: RunID, _ pass: inout Pass) {
        let run = remove(id)
        guard let job = run.job else { return }
        pass.stopped.append(run)
        pass.plan.stops.append(Plan.Stop(job: job, run: id))
    }

    /// A run that was stopped waits to go on.
    mutating func waitAgain(_ run: Run, at now: Instant) {
        guard let job = run.job, let slot = index.slot(of: job) else { return }
        let progress = run.progress + run.slice(at: now)
        index.interrupt(
            slot,
            PendingIndex.Interruption(
                progress: progress,
                firstEstimate: run.firstEstimate,
                corrections: run.corrections
            ),
            left: EstimateForest.Length(
                estimate: Seconds.kept(run.estimate.map { max(1, $0 - progress) }),
                limit: Seconds.kept(run.limit.map { max(1, $0 - progress) })
            )
        )
    }
}
