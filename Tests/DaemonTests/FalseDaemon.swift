import JobModel
import Placement
import Planner
import SeededRandom
import Testing

@testable import Daemon
@testable import QueueStore

/// What `schedd` does around `Decision`, with a queue, a machine and a clock of its own, and with
/// events at random; the same seed gives the same run.
struct FalseDaemon {
    let inventory: Inventory
    let scheme: Scheme
    private(set) var queue = FalseQueue()
    private(set) var decision: Decision
    var generator: SeededGenerator
    var now = Timestamp(microseconds: 1_000_000)
    private var usedOutside: Set<Int> = []
    /// The jobs that were asked to stand still and do not yet.
    private var asked: [JobID: Int64] = [:]
    private var lastOrder: Int64 = 0
    /// How many were stopped for another, and how many of those went on.
    private(set) var stops = 0
    private(set) var resumptions = 0
    let seed: UInt64

    init(seed: UInt64, by scheme: Scheme = .plain) {
        self.seed = seed
        self.scheme = scheme
        generator = SeededGenerator(seed: seed)
        inventory = FalseMachine.random(using: &generator)
        decision = Decision(inventory, by: scheme, Prediction(isOn: seed % 2 == 0, from: []))
    }

    /// Something happens, and what follows from it.
    mutating func advance() {
        now.microseconds += Int64.random(in: 0...20_000_000, using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<30: submit()
        case 30..<50: end()
        case 50..<58: failLaunch()
        case 58..<64: requeue()
        case 64..<72: cancel()
        case 72..<78: hold()
        case 78..<84: release()
        case 84..<92: loseGPUs(generator.chance(50))
        default: restart()
        }
        if generator.chance(60) { carryOutOrders() }
        settle()
    }

    /// Lets everything come to its end.
    mutating func drain() {
        usedOutside = []
        decision.setUsedOutside([])
        var rounds = 0
        while !queue.ids({ $0.waits || $0.isAlive }).isEmpty {
            rounds += 1
            guard rounds < 10_000 else {
                Issue.record("seed \(seed): jobs wait for ever: \(queue.ids { $0.waits })")
                return
            }
            now.microseconds += 60_000_000
            for id in queue.ids({ $0.waits && !$0.job.isFree }) { release(id) }
            carryOutOrders()
            settle()
            if let id = queue.ids({ $0.holds }).first { end(id) }
        }
    }

    // MARK: Events

    private mutating func submit() {
        let count = generator.chance(40) ? Int.random(in: 1...6, using: &generator) : nil
        let id = queue.submit(
            inventory.request(using: &generator),
            count: count,
            throttle: count != nil && generator.chance(70)
                ? Int.random(in: 1...3, using: &generator) : nil,
            priority: Int64.random(in: 0...2, using: &generator),
            limit: generator.chance(70)
                ? .seconds(Int64.random(in: 1...60, using: &generator)) : nil,
            allowsRequeue: generator.chance(50),
            at: now
        )
        if generator.chance(20) {
            let begin = Timestamp(microseconds: now.microseconds + 15_000_000)
            queue.change(id) { $0.job.begin = begin }
        }
        if generator.chance(10) { queue.change(id) { $0.job.isFree = false } }
        refresh(id)
    }

    private mutating func end() {
        guard let id = any({ $0.isAlive }) else { return }
        end(id)
    }

    private mutating func end(_ id: JobID) {
        queue.end(id)
        forget(id, .exited)
    }

    /// The attempt of a job is over.
    private mutating func forget(_ id: JobID, _ cause: Outcome.Cause) {
        asked[id] = nil
        decision.end(id, Outcome(cause: cause, endedAt: now))
    }

    private mutating func failLaunch() {
        guard let id = any({ $0.holds }) else { return }
        lose(id, .neverStarted)
        forget(id, .neverStarted)
        refresh(id)
    }

    /// An attempt never came to life.
    private mutating func lose(_ id: JobID, _ cause: Outcome.Cause) {
        guard let row = queue.rows[id] else { return }
        let retry = LaunchRetry(after: cause, earlier: row.lifeless)
        let seen = (row.lifeless + [cause]).filter { $0 == .neverStarted }.count
        if cause == .neverStarted { #expect(retry.isHeld == (seen % 3 == 0), "seed \(seed)") }
        queue.change(id) { $0.lifeless.append(cause) }
        let begin = Timestamp(microseconds: now.microseconds + retry.pause)
        queue.putBack(id, begin: begin, isHeld: retry.isHeld)
    }

    /// What runs, or is over, waits again.
    private mutating func requeue() {
        if generator.chance(50), let id = any({ $0.isAlive }) {
            requeue(id)
        } else if let id = any({ $0.isOver && !$0.isCancelled && !$0.isSet }) {
            queue.change(id) { $0.isOver = false }
            refresh(id)
        }
    }

    private mutating func requeue(_ id: JobID) {
        queue.putBack(id, begin: nil, isHeld: false)
        queue.change(id) { $0.lifeless = [] }
        forget(id, .requeued)
        refresh(id)
    }

    private mutating func cancel() {
        guard let id = any({ $0.waits }) else { return }
        cancel(id)
        refresh(id)
    }

    private mutating func cancel(_ id: JobID) {
        queue.change(id) {
            $0.isCancelled = true
            $0.isOver = true
        }
    }

    private mutating func hold() {
        guard let id = any({ $0.waits }) else { return }
        queue.change(id) { $0.job.isFree = false }
        refresh(id)
    }

    private mutating func release() {
        guard let id = any({ $0.waits && !$0.job.isFree }) else { return }
        release(id)
    }

    private mutating func release(_ id: JobID) {
        queue.change(id) { $0.job.isFree = true }
        refresh(id)
    }

    private mutating func loseGPUs(_ isLoss: Bool) {
        let held = Set(decision.heldGPUs)
        let free = inventory.gpus.filter { !held.contains($0.uuid) }
        usedOutside = isLoss ? Set(free.map(\.index).filter { _ in generator.chance(50) }) : []
        decision.setUsedOutside(usedOutside)
    }

    /// `schedd` dies and comes again; some of what it had claimed had not come to life.
    private mutating func restart() {
        decision = rebuilt()
        for id in queue.ids({ $0.holds }) where generator.chance(20) {
            lose(id, .cutOff)
            forget(id, .cutOff)
            refresh(id)
        }
    }

    private func rebuilt() -> Decision {
        var decision = Decision(inventory, by: scheme, decision.prediction)
        for row in queue.alive.sorted(by: { $0.job.id < $1.job.id }) {
            guard let allocation = row.allocation else { continue }
            decision.adopt(
                RunningJob(
                    attempt: AttemptID(job: row.job.id, number: row.attempts),
                    array: row.job.array,
                    uid: row.job.uid,
                    name: row.job.name,
                    allocation: allocation,
                    boot: "boot",
                    claimed: row.claimed,
                    suspendedMicroseconds: row.suspended,
                    stopped: row.stopped,
                    submitted: row.job.submitted,
                    priority: row.job.priority,
                    request: row.job.request,
                    timeLimit: row.job.timeLimit,
                    allowsRequeue: row.job.allowsRequeue
                ),
                toStopBy: asked[row.job.id],
                at: now
            )
        }
        for id in queue.ids({ $0.waits }) {
            decision.refresh(id, queue.waitingJob(id), at: now)
        }
        decision.setUsedOutside(usedOutside)
        return decision
    }

    private mutating func any(_ isMeant: (FalseQueue.Row) -> Bool) -> JobID? {
        queue.ids(isMeant).randomElement(using: &generator)
    }

    private mutating func refresh(_ id: JobID) {
        decision.refresh(id, queue.waitingJob(id), at: now)
    }

    // MARK: Orders

    private mutating func ask(_ stop: Moves.Stop) {
        stops += 1
        let id = stop.attempt.job
        guard let row = queue.rows[id], row.holds, row.attempts == stop.attempt.number else {
            Issue.record("seed \(seed): \(id) is to stop and does not run")
            return
        }
        #expect(row.job.array == nil, "seed \(seed): a task of an array is to stop")
        switch stop.way {
        case .suspend:
            #expect(row.job.request.gpus == nil && row.allocation?.memory.bytes == 0)
            lastOrder += 1
            asked[id] = lastOrder
            decision.noted(stop, order: lastOrder)
        case .requeue:
            #expect(row.job.allowsRequeue == true, "seed \(seed): \(id) may not run again")
            // Its end takes a while, as that of any other.
            if generator.chance(50) { requeue(id) }
        }
    }

    /// Those that were asked to stand still do.
    private mutating func carryOutOrders() {
        for (id, order) in asked.sorted(by: { $0.key < $1.key }) {
            guard let stopping = decision.stopping.first(where: { $0.attempt.job == id }) else {
                Issue.record("seed \(seed): nobody waits for \(id) to stand still")
                continue
            }
            #expect(stopping.order == order, "seed \(seed): \(id)")
            queue.standStill(id, at: now)
            decision.standsStill(stopping.attempt, at: now)
            asked[id] = nil
        }
    }

    // MARK: Decisions

    /// Starts what can start, as a commit of `schedd` does, until nothing follows.
    private mutating func settle() {
        for id in decision.due(at: now) { refresh(id) }
        while true {
            let moves = decision.moves(at: now)
            if moves.isEmpty { break }
            for stop in moves.stops { ask(stop) }
            // Somebody may be quicker than the claim.
            if generator.chance(10), let id = any({ $0.waits }) {
                cancel(id)
                commit(moves.starts)
                refresh(id)
            } else {
                commit(moves.starts)
            }
        }
        check()
    }

    private mutating func commit(_ starts: [Moves.Start]) {
        for start in starts {
            if start.goesOn {
                goOn(start)
                continue
            }
            if let job = queue.rows[start.candidate]?.job {
                #expect(job.isFree, "seed \(seed): \(job.id) is held and started")
                #expect(job.begin.map { $0 <= now } ?? true, "seed \(seed): \(job.id) is too early")
            }
            if let own = queue.claim(start.candidate, start.allocation, at: now) {
                let outside = inventory.gpus.filter { usedOutside.contains($0.index) }.map(\.uuid)
                let gpus = start.allocation.gpus.map(\.uuid)
                #expect(gpus.allSatisfy { !outside.contains($0) }, "seed \(seed): \(own)")
                let number = queue.rows[own]?.attempts ?? 0
                decision.confirm(start, as: AttemptID(job: own, number: number), at: now)
            } else {
                decision.takeBack(start)
                refresh(start.candidate)
            }
        }
    }

    private mutating func goOn(_ start: Moves.Start) {
        let id = start.job.attempt.job
        #expect(queue.rows[id]?.stopped != nil, "seed \(seed): \(id) goes on and was not stopped")
        resumptions += 1
        queue.goOn(id, start.allocation, at: now)
        decision.confirm(start, as: start.job.attempt, at: now)
    }

    // MARK: Invariants

    private mutating func check() {
        let running = queue.alive.filter(\.holds)
        #expect(decision.runCount == running.count, "seed \(seed)")
        #expect(decision.suspended.count == queue.alive.count - running.count, "seed \(seed)")
        var cpus = CPUSet()
        var gpus: Set<String> = []
        var memory: Int64 = 0
        for row in running {
            guard let held = row.allocation else { continue }
            let id = row.job.id
            #expect(!row.isCancelled, "seed \(seed): \(id) was cancelled and runs")
            #expect(held.cpus.isDisjoint(with: cpus), "seed \(seed): a CPU of \(id) is shared")
            #expect(inventory.choice.units.count(in: held.cpus) == row.job.request.cpus)
            cpus = cpus.union(held.cpus)
            for gpu in held.gpus {
                #expect(gpus.insert(gpu.uuid).inserted, "seed \(seed): a GPU of \(id) is shared")
            }
            #expect(held.gpus.count == row.job.request.gpus?.count ?? 0)
            memory += held.memory.bytes
        }
        #expect(cpus.isSubset(of: inventory.cpus) && memory <= inventory.memory.bytes)
        #expect(Set(decision.heldGPUs) == gpus)
        for (array, tasks) in Dictionary(grouping: running, by: \.job.array) {
            guard let array, let most = tasks.first?.job.throttle else { continue }
            #expect(tasks.count <= most, "seed \(seed): \(tasks.count) tasks of \(array) run")
        }
        // Which takes longer than all the rest.
        if generator.chance(25), decision.upcoming.isEmpty { checkThatNothingIsForgotten() }
    }

    /// A `schedd` that came anew would see the same queue and start nothing either.
    private func checkThatNothingIsForgotten() {
        var other = rebuilt()
        // One that comes anew predicts anew what waits, which may be in another order then.
        if scheme.policy != .srtf, !decision.prediction.isOn {
            #expect(
                other.moves(at: now).starts.map(\.candidate) == [],
                "seed \(seed): something could start"
            )
        }
        #expect(other.nextBegin == decision.nextBegin, "seed \(seed)")
        let free = Set(
            queue.ids { $0.waits && $0.job.isFree && $0.job.begin.map { $0 <= now } ?? true }
        )
        let stopped = decision.suspended
        let notes = decision.notes(at: now, limit: 100).filter { stopped[$0.job] == nil }
        #expect(Set(notes.map(\.job)) == free, "seed \(seed)")
        #expect(notes.count == free.count, "seed \(seed): a job is told twice")
    }
}
