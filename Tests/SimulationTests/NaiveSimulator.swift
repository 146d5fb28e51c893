import Foundation
import Planner
import Simulation

/// The rules once more, in whole seconds and without a thought for speed: lists that are sorted and
/// walked for every question.
struct NaiveSimulator {
    struct Outcome: Equatable {
        var starts: [Int64] = []
        var end: Int64 = -1
        var isBackfilled = false
    }

    struct Job {
        var submit: Int64
        var run: Int64
        var processors: Int
        var limit: Int64?
        var user: Int64?
        var estimate: Int64 = 0
        var first: Int64 = 0
        var corrections = 0
        /// The seconds run before the last start.
        var progress: Int64 = 0
        /// When it last started; nil while it does not run.
        var started: Int64?
    }

    let scheme: Scheme
    let options: ReplayOptions
    var jobs: [Job]
    var outcomes: [Outcome]
    var preemptions = 0
    var corrections = 0
    private var now: Int64 = -1
    private var pending: [Int] = []
    private var endedRuns: [Int64: [Int64]] = [:]
    /// The kept places' starts.
    private var places: [Int: Int64] = [:]
    private var hasEndedEarly = false
    /// Instants at which something would happen if nothing were stopped.
    private var extra: Set<Int64> = []

    /// The jobs are in order of submission.
    init(_ jobs: [WorkloadJob], _ options: ReplayOptions) {
        self.options = options
        scheme = options.scheme
        self.jobs = jobs.map {
            Job(
                submit: $0.submit,
                run: min($0.runTime, $0.limit ?? .max),
                processors: $0.processors,
                limit: $0.limit,
                user: $0.user
            )
        }
        outcomes = jobs.map { _ in Outcome() }
    }

    mutating func run() {
        var submitted = 0
        while true {
            let later = submitted < jobs.count ? [jobs[submitted].submit] : []
            guard let next = (instants() + later).filter({ $0 > now }).min() else { return }
            now = next
            endDue()
            let corrected = correctOutrun()
            var new: [Int] = []
            while submitted < jobs.count, jobs[submitted].submit == now {
                jobs[submitted].estimate = estimate(submitted)
                jobs[submitted].first = jobs[submitted].estimate
                pending.append(submitted)
                new.append(submitted)
                submitted += 1
            }
            pass(corrected: corrected, new: new)
        }
    }

    private var running: [Int] { jobs.indices.filter { jobs[$0].started != nil } }

    private var free: Int {
        options.processors - running.reduce(0) { $0 + jobs[$1].processors }
    }

    private func end(_ job: Int) -> Int64 {
        (jobs[job].started ?? 0) + jobs[job].run - jobs[job].progress
    }

    private func expectedEnd(_ job: Int) -> Int64 {
        (jobs[job].started ?? 0) + jobs[job].estimate - jobs[job].progress
    }

    private func instants() -> [Int64] {
        var result = running.map(end) + Array(extra) + Array(places.values)
        for job in running where jobs[job].estimate < jobs[job].limit ?? .max {
            result.append(expectedEnd(job))
        }
        return result
    }

    private mutating func endDue() {
        hasEndedEarly = false
        for job in running where end(job) == now {
            if expectedEnd(job) > now { hasEndedEarly = true }
            jobs[job].started = nil
            outcomes[job].end = now
            if let user = jobs[job].user { endedRuns[user, default: []].append(jobs[job].run) }
        }
    }

    private mutating func correctOutrun() -> Bool {
        let minutes: [Int64] = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 3000, 6000]
        var hasCorrected = false
        for job in running where expectedEnd(job) == now {
            let count = jobs[job].corrections
            if count < minutes.count {
                jobs[job].estimate = jobs[job].first + minutes[count] * 60
            } else {
                jobs[job].estimate = jobs[job].limit ?? 2 * jobs[job].estimate
            }
            jobs[job].estimate = min(jobs[job].estimate, jobs[job].limit ?? .max)
            jobs[job].corrections += 1
            corrections += 1
            hasCorrected = true
            noteOutrun(job)
        }
        return hasCorrected
    }

    private func estimate(_ job: Int) -> Int64 {
        let told = jobs[job].limit ?? options.defaultEstimate
        switch options.estimates {
        case .user: return told
        case .perfect: return jobs[job].run
        case .predicted:
            guard let user = jobs[job].user, let runs = endedRuns[user], runs.count >= 2 else {
                return told
            }
            let mean = (runs[runs.count - 1] + runs[runs.count - 2]) / 2
            return max(1, min(jobs[job].limit ?? .max, mean))
        }
    }

    // MARK: Order

    private func remaining(_ job: Int) -> Int64 {
        let slice = jobs[job].started.map { now - $0 } ?? 0
        return jobs[job].estimate - jobs[job].progress - slice
    }

    private func key(_ job: Int) -> Double {
        let estimate = Double(jobs[job].estimate)
        let processors = Double(jobs[job].processors)
        let waited = Double(now - jobs[job].submit)
        switch scheme.policy {
        case .fifo, .multifactor: return Double(jobs[job].submit)
        case .sjf: return estimate
        case .saf: return estimate * processors
        case .wfp3:
            let ratio = waited / estimate
            return -(ratio * ratio * ratio * processors)
        case .unicep: return -(waited / (log2(max(processors, 2)) * estimate))
        case .f1:
            let since = Double(jobs[job].submit - jobs[0].submit + 1)
            return log10(estimate) * processors + 870 * log10(since)
        case .greedy, .srtf: return Double(remaining(job))
        }
    }

    /// Those that have waited as long as any may go first, as they came.
    private func isOverdue(_ job: Int) -> Bool {
        scheme.maximumWait.map { now - jobs[job].submit >= $0 } ?? false
    }

    private func sorted(_ list: [Int]) -> [Int] {
        list.map { (job: $0, key: isOverdue($0) ? -Double.infinity : key($0)) }
            .sorted { ($0.key, $0.job) < ($1.key, $1.job) }.map(\.job)
    }

    // MARK: Passes

    private mutating func pass(corrected: Bool, new: [Int]) {
        let order = sorted(pending)
        let started: [Int]
        if scheme.backfill.kind == .conservative {
            started = startPlaced(order, corrected: corrected, new: new)
        } else {
            started = startInOrder(order)
        }
        let waiting = order.filter { !started.contains($0) }
        for job in started where outcomes[job].starts.count == 1 {
            guard let first = waiting.first, let place = order.firstIndex(of: job),
                let head = order.firstIndex(of: first)
            else { continue }
            outcomes[job].isBackfilled = head < place
        }
    }

    private mutating func start(_ job: Int) {
        jobs[job].started = now
        outcomes[job].starts.append(now)
        pending.removeAll { $0 == job }
        if scheme.policy == .srtf {
            extra.insert(end(job))
            extra.insert(now + scheme.preemption.minimumSlice)
            noteOutrun(job)
        }
    }

    private mutating func noteOutrun(_ job: Int) {
        if scheme.policy == .srtf, expectedEnd(job) < end(job) { extra.insert(expectedEnd(job)) }
    }

    private mutating func startInOrder(_ order: [Int]) -> [Int] {
        var started: [Int] = []
        var stopped: [Int] = []
        var head: Int?
        for (place, job) in order.enumerated() {
            if jobs[job].processors > free {
                if scheme.policy == .greedy { continue }
                let victims = victims(for: job)
                if victims.isEmpty {
                    head = place
                    break
                }
                for victim in victims { stop(victim) }
                stopped += victims
            }
            start(job)
            started.append(job)
        }
        if let head, scheme.backfill.kind == .easy {
            started += fill(Array(order[(head + 1)...]), around: order[head])
        }
        pending += stopped
        return started
    }

    private func victims(for job: Int) -> [Int] {
        guard scheme.policy == .srtf else { return [] }
        let least = scheme.preemption.gain * Double(remaining(job))
        let candidates = running.filter {
            let slice = now - (jobs[$0].started ?? now)
            return slice > 0 && slice >= scheme.preemption.minimumSlice
                && Double(remaining($0)) >= least
        }
        var victims: [Int] = []
        var freed = free
        for victim in candidates.sorted(by: { (remaining($0), $0) > (remaining($1), $1) }) {
            victims.append(victim)
            freed += jobs[victim].processors
            if freed >= jobs[job].processors { return victims }
        }
        return []
    }

    private mutating func stop(_ job: Int) {
        jobs[job].progress += now - (jobs[job].started ?? now)
        jobs[job].started = nil
        preemptions += 1
    }

    private mutating func fill(_ rest: [Int], around head: Int) -> [Int] {
        var started: [Int] = []
        let needed = jobs[head].processors
        let moment = Set(running.map(expectedEnd)).sorted().first { free(at: $0) >= needed } ?? now
        var spare = free(at: moment) - needed
        for job in rest where jobs[job].processors <= free {
            if now + remaining(job) > moment {
                guard jobs[job].processors <= spare else { continue }
                spare -= jobs[job].processors
            }
            start(job)
            started.append(job)
        }
        return started
    }

    /// What is free then if all runs end as expected.
    private func free(at time: Int64) -> Int {
        running.filter { expectedEnd($0) > time }
            .reduce(options.processors) { $0 - jobs[$1].processors }
    }

    // MARK: Kept places

    private mutating func startPlaced(_ order: [Int], corrected: Bool, new: [Int]) -> [Int] {
        if corrected {
            let old = places.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
            places = [:]
            for job in old { places[job] = earliest(job) }
        } else if hasEndedEarly {
            for job in order where places[job] != nil {
                places[job] = nil
                places[job] = earliest(job)
            }
        }
        for job in order where new.contains(job) { places[job] = earliest(job) }
        let due = order.filter { places[$0] == now }
        for job in due {
            places[job] = nil
            start(job)
        }
        return due
    }

    private func earliest(_ job: Int) -> Int64 {
        var held = running.map { (now, expectedEnd($0), jobs[$0].processors) }
        held += places.map { ($1, $1 + jobs[$0].estimate, jobs[$0].processors) }
        for time in Set([now] + held.map(\.1).filter { $0 > now }).sorted() {
            let end = time + jobs[job].estimate
            let moments = [time] + held.map(\.0).filter { time < $0 && $0 < end }
            let most =
                moments.map { moment in
                    held.filter { $0.0 <= moment && moment < $0.1 }.reduce(0) { $0 + $1.2 }
                }.max() ?? 0
            if most + jobs[job].processors <= options.processors { return time }
        }
        return .max
    }
}
