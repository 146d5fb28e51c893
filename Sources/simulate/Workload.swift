import Simulation

/// What is replayed: jobs, and the machine that they are replayed on.
struct Workload {
    /// What there is to give out.
    struct Machine: Equatable {
        var processors: Int
        var gpus = 0
        var memory = Int64.max

        /// Whether a job could ever run on it.
        func holds(_ job: WorkloadJob) -> Bool {
            job.processors <= processors && job.gpus <= gpus && job.memory <= memory
        }
    }

    /// What it is called, such as the trace's file.
    var title: String
    /// The jobs in order of submission, numbered by their place.
    var jobs: [WorkloadJob]
    /// What each job is called.
    var names: [String]
    /// The machine.
    var machine: Machine
    /// Whether times are seconds since the epoch, and not since the workload's own beginning.
    var hasCalendar = false
    /// Jobs that were left out since they could not be replayed, and why.
    var unusable: String?
    /// What became of the jobs in truth; nil where nobody knows.
    var recorded: ReplayResult?

    /// The positions from one to another, counted from 1, as a workload of their own; nil where
    /// there are none.
    func excerpt(_ positions: ClosedRange<Int>) -> Workload? {
        guard positions.lowerBound <= jobs.count else { return nil }
        let range = (positions.lowerBound - 1)..<min(positions.upperBound, jobs.count)
        var part = self
        part.jobs = Array(jobs[range])
        part.names = Array(names[range])
        if let recorded {
            part.recorded = ReplayResult(
                outcomes: Array(recorded.outcomes[range]),
                intervals: [],
                backfilled: 0,
                preemptions: 0,
                corrections: 0
            )
        }
        return part
    }

    /// The workload on another machine, without the jobs that do not fit it.
    func on(_ machine: Machine) -> Workload {
        var other = self
        other.machine = machine
        let kept = jobs.indices.filter { machine.holds(jobs[$0]) }
        guard kept.count < jobs.count else { return other }
        other.jobs = kept.map { jobs[$0] }
        other.names = kept.map { names[$0] }
        other.recorded = nil
        return other
    }
}
