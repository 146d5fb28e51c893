import JobModel
import QueueStore
import Simulation

extension Workload {
    /// What this machine's queue has run to its end, in the order in which it could have started.
    ///
    /// A job counts from when nothing but resources kept it waiting; of one that was started
    /// several times, the last run counts. Times are in whole seconds.
    ///
    /// - Parameter facts: what the machine has, as `schedd` has told.
    init(_ store: QueueStore, facts: MachineFacts) throws {
        var entries: [(job: WorkloadJob, name: String, start: Int64)] = []
        try store.forEachJob(JobFilter(.ended(since: Timestamp(microseconds: 0)))) { record in
            guard let started = record.started, let ended = record.ended else { return }
            let submit = max(record.submitted, record.eligible ?? record.submitted)
            let start = max(submit, started).microseconds / 1_000_000
            let runTime = max(1, (ended.microseconds - started.microseconds + 500_000) / 1_000_000)
            let limit: Int64? =
                if case .seconds(let seconds)? = record.timeLimit { max(seconds, runTime) } else {
                    nil
                }
            let job = WorkloadJob(
                number: record.id.rawValue,
                submit: min(start, submit.microseconds / 1_000_000),
                runTime: runTime,
                processors: record.request.cpus,
                limit: limit,
                user: Int64(record.uid),
                gpus: record.request.gpus?.count ?? 0,
                memory: Self.bytes(of: record.request, on: facts)
            )
            entries.append((job, Self.name(of: record), start))
        }
        entries.sort { ($0.job.submit, $0.job.number) < ($1.job.submit, $1.job.number) }
        let machine = Machine(
            processors: facts.cpus,
            gpus: facts.gpus.count,
            memory: facts.memory.bytes > 0 ? facts.memory.bytes : .max
        )
        let usable = entries.filter { machine.holds($0.job) }
        title = "this machine's history"
        hasCalendar = true
        self.machine = machine
        jobs = usable.enumerated().map { place, entry in
            var job = entry.job
            job.number = Int64(place + 1)
            return job
        }
        names = usable.map(\.name)
        if usable.count < entries.count {
            unusable = "\(entries.count - usable.count) larger than the machine now is"
        }
        recorded = ReplayResult(
            outcomes: usable.map {
                .init(start: $0.start, end: $0.start + $0.job.runTime, isBackfilled: false)
            },
            intervals: [],
            backfilled: 0,
            preemptions: 0,
            corrections: 0
        )
    }

    private static func name(of record: JobRecord) -> String {
        guard let array = record.array, let index = record.taskIndex else {
            return String(record.id.rawValue)
        }
        return "\(array.rawValue)_\(index)"
    }

    /// The memory that a request books; one for all counts as all.
    private static func bytes(of request: ResourceRequest, on facts: MachineFacts) -> Int64 {
        switch request.memory {
        case nil: 0
        case .all: facts.memory.bytes
        case .perNode(let size): size.bytes
        case .perCPU(let size):
            size.bytes.multipliedReportingOverflow(by: Int64(request.cpus)).overflow
                ? .max : size.bytes * Int64(request.cpus)
        }
    }
}
