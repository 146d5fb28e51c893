internal import JobModel
internal import Planner
internal import QueueStore

extension Decision {
    /// What `queue` shows of those that stand still, of those first in line, and of as many others as
    /// there is room for.
    func notes(at now: Timestamp, limit: Int) -> [PlanNote] {
        let stopped = suspended.keys.sorted().prefix(limit).map {
            PlanNote(job: $0, start: nil, reason: planner.reason(for: $0))
        }
        return stopped + notesOfWaiting(at: now, limit: limit - stopped.count)
    }

    private func notesOfWaiting(at now: Timestamp, limit: Int) -> [PlanNote] {
        var notes = upcoming.prefix(limit).compactMap { next -> PlanNote? in
            guard case .waiting(let waiting) = next.starter else { return nil }
            return PlanNote(job: waiting.job.id, start: now, reason: .resources)
        }
        var told = Set(notes.map(\.job))
        for forecast in planner.forecast(at: Instant(now), limit: limit - notes.count) {
            let job = throttled[forecast.job]?.first ?? forecast.job
            guard waiting[job] != nil, told.insert(job).inserted else { continue }
            notes.append(
                PlanNote(
                    job: job,
                    start: forecast.start.flatMap { Timestamp($0) },
                    reason: planner.reason(for: forecast.job)
                )
            )
        }
        guard notes.count < min(limit, waiting.count) else { return notes }
        // Those that no time can be told for, such as an array that runs all that it may.
        let others = waiting.values.lazy.map(\.job).filter { !told.contains($0.id) }
            .prefix(limit - notes.count).sorted { $0.id < $1.id }
        return notes
            + others.map {
                PlanNote(job: $0.id, start: nil, reason: planner.reason(for: $0.candidate))
            }
    }

    /// Gives those who wait the places back that were kept for them.
    mutating func restorePlaces(_ starts: [JobID: Timestamp]) {
        var places: [JobID: Instant] = [:]
        for (id, start) in starts {
            if let job = waiting[id]?.job { places[job.candidate] = Instant(start) }
        }
        planner.restorePlaces(places)
    }
}
