internal import JobModel
internal import Planner

/// Replays a workload through the planner, one instant after the other.
///
/// At each: ends, in the workload's order; estimates that were outlived; submissions, whose
/// estimates are made here; then one plan. Stopping and starting take no time. Instants are those at
/// which one of the former happens or the planner asks for one; and under `srtf` also those at which
/// a run that has started would reach its minimum slice, outlive its estimate, or end, if nothing
/// stopped it.
public struct Replay {
    /// A run that ends then, unless it is stopped before.
    private struct End: Comparable {
        var time: Int64
        var job: Int
        var run: RunID

        static func < (left: End, right: End) -> Bool {
            (left.time, left.job) < (right.time, right.job)
        }
    }

    private struct Running {
        var run: RunID
        var start: Int64
        var gpus: [Int]
    }

    private let jobs: [WorkloadJob]
    private let options: ReplayOptions
    /// The jobs' places in the workload, in order of submission.
    private let order: [Int]
    private var planner: Planner
    private var history = RunTimeHistory<Int64>(capacity: .max)
    private var ends = Heap<End>()
    /// When something would happen to runs under `srtf`, those that are over included.
    private var milestones = Heap<Int64>()
    private var running: [Int: Running] = [:]
    /// The seconds that stopped jobs have run.
    private var progress: [Int: Int64] = [:]
    private var submitted = 0
    private var endCount = 0
    private var result: ReplayResult

    /// What becomes of each job of a workload.
    ///
    /// Jobs go by (submit, number), those with equal ones by their places. `progress` is told from
    /// time to time how many have ended. Throws where a job could never run.
    public static func run(
        _ jobs: [WorkloadJob],
        _ options: ReplayOptions,
        progress: (_ ended: Int) -> Void = { _ in }
    ) throws(ReplayError) -> ReplayResult {
        var replay = try Replay(jobs, options)
        replay.run(telling: progress)
        return replay.result
    }

    private init(_ jobs: [WorkloadJob], _ options: ReplayOptions) throws(ReplayError) {
        for job in jobs { try Self.check(job, options) }
        self.jobs = jobs
        self.options = options
        order = jobs.indices.sorted {
            (jobs[$0].submit, jobs[$0].number, $0) < (jobs[$1].submit, jobs[$1].number, $1)
        }
        let first = order.first.map { Instant(seconds: jobs[$0].submit) }
        planner = Planner(
            capacity: Capacity(
                cores: options.processors,
                memory: MemorySize(bytes: options.memory),
                gpus: (0..<options.gpus).map { Capacity.GPU(index: $0) }
            ),
            scheme: options.scheme.counting(from: first)
        )
        result = ReplayResult(
            outcomes: Array(
                repeating: ReplayResult.Outcome(start: -1, end: -1, isBackfilled: false),
                count: jobs.count
            ),
            intervals: [],
            backfilled: 0,
            preemptions: 0,
            corrections: 0
        )
        result.intervals.reserveCapacity(jobs.count)
    }

    private static func check(_ job: WorkloadJob, _ options: ReplayOptions) throws(ReplayError) {
        let longest = Int64(Int32.max) - 1
        guard 0...1 << 40 ~= job.submit, 1...longest ~= job.runTime, job.processors > 0,
            job.gpus >= 0, job.memory >= 0, job.limit.map({ $0 >= 1 }) ?? true
        else { throw .outOfRange(number: job.number) }
        guard job.processors <= options.processors, job.gpus <= options.gpus,
            job.memory <= options.memory
        else { throw .impossible(number: job.number) }
    }

    // MARK: Instants

    private mutating func run(telling tell: (Int) -> Void) {
        var now = Int64.min
        while let next = nextInstant(after: now) {
            now = next
            endDue(at: now)
            while submitted < order.count, jobs[order[submitted]].submit == now {
                submit(submitted)
                submitted += 1
            }
            plan(at: now)
            if endCount & 0x3ff == 0 { tell(endCount) }
        }
        tell(endCount)
    }

    private mutating func nextInstant(after now: Int64) -> Int64? {
        var next = submitted < order.count ? jobs[order[submitted]].submit : Int64.max
        if let first = ends.first { next = min(next, first.time) }
        while let milestone = milestones.first, milestone <= now { milestones.removeFirst() }
        if let milestone = milestones.first { next = min(next, milestone) }
        if now != .min, let instant = planner.nextInstant(after: Instant(seconds: now)) {
            next = min(next, instant.milliseconds / 1000)
        }
        return next == .max ? nil : next
    }

    private mutating func endDue(at now: Int64) {
        while let first = ends.first, first.time == now {
            ends.removeFirst()
            guard let run = running[first.job], run.run == first.run else { continue }
            running[first.job] = nil
            planner.end(first.run)
            let place = order[first.job]
            result.outcomes[place].end = now
            result.intervals.append(
                ReplayResult.Interval(job: place, start: run.start, end: now, gpus: run.gpus)
            )
            if let user = jobs[place].user { history.record(runTime(place), under: user) }
            endCount += 1
        }
    }

    private mutating func submit(_ number: Int) {
        let job = jobs[order[number]]
        planner.add(
            Candidate(
                id: JobID(rawValue: Int64(number)),
                submitted: Instant(seconds: job.submit),
                demand: Demand(
                    cores: job.processors,
                    memory: MemorySize(bytes: job.memory),
                    gpus: job.gpus > 0 ? GPURequest(count: job.gpus) : nil
                ),
                estimate: estimate(of: order[number]),
                limit: job.limit,
                isPreemptible: true
            )
        )
    }

    private func estimate(of place: Int) -> Int64 {
        let job = jobs[place]
        let told = job.limit ?? options.defaultEstimate
        switch options.estimates {
        case .user: return told
        case .perfect: return runTime(place)
        case .predicted:
            guard let user = job.user else { return told }
            return history.prediction(under: user, limit: job.limit) ?? told
        }
    }

    /// A job ends at its limit.
    private func runTime(_ place: Int) -> Int64 {
        min(jobs[place].runTime, jobs[place].limit ?? .max)
    }

    private mutating func plan(at now: Int64) {
        let plan = planner.plan(at: Instant(seconds: now))
        result.corrections += plan.corrections.count
        result.preemptions += plan.stops.count
        if planner.scheme.policy == .srtf, !plan.corrections.isEmpty {
            noteOutrun(plan.corrections)
        }
        for stop in plan.stops { self.stop(Int(stop.job.rawValue), at: now) }
        for start in plan.starts { self.start(start, at: now) }
    }

    /// Notes when runs would outlive their new estimates before their ends.
    private mutating func noteOutrun(_ corrections: [Plan.Correction]) {
        let ends = Dictionary(
            uniqueKeysWithValues: corrections.map { ($0.run, $0.expectedEnd) }
        )
        for (number, run) in running {
            guard let expected = ends[run.run] else { continue }
            let left = runTime(order[number]) - (progress[number] ?? 0)
            noteOutrun(at: expected, before: run.start + left)
        }
    }

    private mutating func noteOutrun(at expected: Instant, before end: Int64) {
        let time = expected.milliseconds / 1000
        if time < end { milestones.insert(time) }
    }

    private mutating func stop(_ number: Int, at now: Int64) {
        guard let run = running.removeValue(forKey: number) else { return }
        progress[number, default: 0] += now - run.start
        result.intervals.append(
            ReplayResult.Interval(
                job: order[number],
                start: run.start,
                end: now,
                gpus: run.gpus
            )
        )
    }

    private mutating func start(_ start: Plan.Start, at now: Int64) {
        let number = Int(start.job.rawValue)
        let place = order[number]
        if result.outcomes[place].start < 0 {
            result.outcomes[place].start = now
            result.outcomes[place].isBackfilled = start.isBackfilled
            result.backfilled += start.isBackfilled ? 1 : 0
        }
        running[number] = Running(run: start.run, start: now, gpus: start.gpus)
        let left = runTime(place) - (progress[number] ?? 0)
        ends.insert(End(time: now + left, job: number, run: start.run))
        if planner.scheme.policy == .srtf {
            milestones.insert(now + planner.scheme.preemption.minimumSlice)
            if let expected = planner.expectedEnd(of: start.run) {
                noteOutrun(at: expected, before: now + left)
            }
        }
    }
}

extension Instant {
    fileprivate init(seconds: Int64) {
        self.init(milliseconds: seconds * 1000)
    }
}
