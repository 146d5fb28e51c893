public import JobModel

extension Planner {
    /// Picks a request's GPUs among those that it may have.
    ///
    /// Returns as many of them as the request counts. Where GPUs lie is not the planner's
    /// business; which of them a candidate may take without delaying another is.
    public typealias GPUChoice = (_ request: GPURequest, _ free: [Int]) -> [Int]

    /// A plan while it is made.
    struct Pass {
        var plan = Plan()
        /// The keys of those that start, in the order of the starts.
        var keys: [OrderKey] = []
        /// Those that stop; they wait again only when the pass is over.
        var stopped: [Run] = []
        let now: Instant
        let choose: GPUChoice
    }

    /// What stops and starts now; each start already counts as a run.
    ///
    /// First, estimates that runs have outlived are raised. In order, whatever fits starts, tasks
    /// of an array one by one up to its throttle; what happens at the first that does not fit is
    /// the scheme's business. `choose` picks exact GPUs; by default those of the lowest numbers.
    public mutating func plan(
        at now: Instant,
        choosing choose: GPUChoice = { request, free in Array(free.prefix(request.count)) }
    ) -> Plan {
        withoutActuallyEscaping(choose) { choose in
            var pass = Pass(now: now, choose: choose)
            clock = max(clock, now)
            raiseOutrun(&pass)
            if index.advance(to: now) { book.isStale = true }
            reserved.removeAll { $0.end <= now }
            let head = isBookKept ? startPlaced(&pass) : startInOrder(&pass)
            if let head { markBackfilled(behind: head.key, &pass) }
            for run in pass.stopped { waitAgain(run, at: now) }
            return pass.plan
        }
    }

    /// The next instant at which a plan could differ without any event; nil for none.
    ///
    /// That is when a run outlives its estimate, a kept place begins, a run may be stopped, a
    /// candidate has waited long enough to go forward, or capacity set aside is free again.
    public func nextInstant(after now: Instant) -> Instant? {
        var next = Instant.unknown
        if profile.growingCount > 0,
            let release = profile.releases.first(where: { $0.canGrow && $0.end > now })
        {
            next = min(next, release.end)
        }
        guard index.waitingCount > 0 else { return next.known }
        if isBookKept, let start = book.nextStart { next = min(next, max(start, now.next)) }
        if scheme.policy == .srtf {
            for run in runs.values where run.isPreemptible {
                let end = run.started.advanced(bySeconds: scheme.preemption.minimumSlice)
                if end > now { next = min(next, end) }
            }
        }
        if let change = index.nextChange { next = min(next, max(change, now.next)) }
        for time in reserved where time.end > now { next = min(next, time.end) }
        return next.known
    }

    // MARK: In order

    /// Returns the first that waits.
    private mutating func startInOrder(_ pass: inout Pass) -> Contender? {
        var room = room(at: pass.now)
        var line = Line(index, at: pass.now)
        while let first = line.first {
            let needs = index.needs(of: first.group)
            let length = index.forest.length(of: first.slot)
            if room.longest(needs) < length.estimate {
                guard makeRoom(for: first, in: &room, &pass) else { break }
            }
            let gpus = room.choice(for: needs, length: length.estimate)
            start(first, of: gpus, in: &room, &pass)
            line.reread(index)
        }
        guard let head = line.first else {
            vigil = nil
            return nil
        }
        fill(behind: head, line: line, in: &room, &pass)
        return head
    }

    /// Starts what may go in front of the first that cannot start.
    private mutating func fill(
        behind head: Contender,
        line: Line,
        in room: inout Room,
        _ pass: inout Pass
    ) {
        let reservation = reservation(for: head, in: room)
        pass.plan.head = Plan.Head(job: head.key.id, expectedStart: reservation.start.known)
        let fillsAll = scheme.policy == .greedy
        guard fillsAll || scheme.backfill.kind == .easy else { return }
        let kept =
            isKept(head, at: reservation.start, now: pass.now)
            ? kept(for: head, reservation, at: pass.now) : nil
        var backfill = EasyBackfill(
            around: kept,
            upTo: scheme.backfill.depth.flatMap { key(of: $0, behind: line) },
            index: index,
            room: room
        )
        while let choice = backfill.next(index: index, room: room) {
            let amounts = start(choice.place, of: choice.gpus, in: &room, &pass)
            backfill.start(choice, on: amounts)
            if !choice.endsInTime, vigil?.job == head.key.id, let run = pass.plan.starts.last?.run {
                vigil?.beside.insert(run)
            }
        }
    }

    /// Whether a place is kept for a candidate that cannot start.
    private func isKept(_ head: Contender, at start: Instant, now: Instant) -> Bool {
        if head.key.isOverdue { return true }
        guard scheme.policy != .greedy else { return false }
        guard let window = scheme.backfill.window, let start = start.known else { return true }
        return start <= now.advanced(bySeconds: window)
    }

    /// The key of the last candidate of so many behind the first; nil where there are fewer.
    private func key(of depth: Int, behind line: Line) -> OrderKey? {
        var line = line
        for _ in 0..<depth { line.pass(index) }
        return line.first?.key
    }

    private func reservation(for head: Contender, in room: Room) -> Reservation {
        let needs = index.needs(of: head.group)
        guard let timeline = room.timeline else {
            return Reservation(for: needs, in: profile, at: room.now)
        }
        let length = index.forest.length(of: head.slot).estimate
        return Reservation(for: needs, length: length, in: timeline)
    }

    // MARK: Parts of a pass

    private mutating func raiseOutrun(_ pass: inout Pass) {
        guard profile.growingCount > 0 else { return }
        for release in profile.releases {
            guard release.end <= pass.now else { break }
            guard release.canGrow, var run = runs[release.run], run.outrun(at: pass.now) else {
                continue
            }
            replace(release.run, by: run)
            pass.plan.corrections.append(Plan.Correction(run: release.run, expectedEnd: run.end))
        }
        if !pass.plan.corrections.isEmpty { book.isStale = true }
    }

    /// What is free now, beside the runs and what is set aside.
    private func room(at now: Instant) -> Room {
        guard !reserved.isEmpty else { return Room(now: now, free: profile.free) }
        let timeline = timeline(at: now)
        return Room(now: now, free: timeline.free, timeline: timeline)
    }

    /// What will be free if all runs end as expected.
    ///
    /// A run that should have ended counts as ending in the next instant, or in a minute where
    /// places are kept, since they need a time that a timer can wait for.
    func timeline(at now: Instant) -> Timeline {
        let soon = isBookKept ? now.advanced(bySeconds: 60) : now.next
        var timeline = Timeline(profile, at: now, soon: soon)
        for time in reserved { timeline.take(time.place) }
        return timeline
    }

    /// Starts a candidate on some of these GPUs; returns what it holds.
    @discardableResult
    private mutating func start(
        _ place: Contender,
        of choice: GPUSet,
        in room: inout Room,
        _ pass: inout Pass
    ) -> Amounts {
        let length = index.forest.length(of: place.slot).estimate
        let gpus = gpus(for: place.slot, of: choice, pass)
        let amounts = index.needs(of: place.group).amounts(on: gpus)
        let run = begin(place.slot, amounts, at: pass.now)
        room.take(amounts, for: length)
        note(place.key, run, amounts, &pass)
        return amounts
    }

    func note(_ key: OrderKey, _ run: RunID, _ amounts: Amounts, _ pass: inout Pass) {
        pass.keys.append(key)
        pass.plan.starts.append(
            Plan.Start(job: key.id, run: run, gpus: amounts.gpusInPart.numbers, isBackfilled: false)
        )
    }

    func gpus(for slot: PendingIndex.Slot, of choice: GPUSet, _ pass: Pass) -> GPUSet {
        guard let request = index.demand(of: slot).gpus else { return GPUSet() }
        let chosen = GPUSet(pass.choose(request, choice.numbers))
        precondition(
            chosen.isSubset(of: choice) && chosen.count == request.count,
            "GPUs were chosen that the request may not have"
        )
        return chosen
    }

    /// What has started is backfilled where one that comes before it in order still waits.
    private func markBackfilled(behind first: OrderKey, _ pass: inout Pass) {
        for number in pass.keys.indices where first < pass.keys[number] {
            pass.plan.starts[number].isBackfilled = true
        }
    }
}
