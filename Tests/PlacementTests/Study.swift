import JobModel
import Placement
import Planner

/// A workload on one machine under the real planner, placed in one of two ways.
///
/// A discrete simulation: jobs come, start when the planner says so, and end as long after that as
/// they take.
struct Study {
    /// Who picks exact cores and GPUs.
    enum Way: String, CaseIterable {
        case firstFit = "first fit"
        case sluice = "Sluice"
    }

    /// A job of the workload.
    struct Job {
        /// Seconds from the beginning.
        var arrival: Int64
        /// Seconds.
        var duration: Int64
        var cores: Int
        var gpus: GPURequest?
    }

    /// What came of it.
    struct Figures {
        /// Jobs whose cores or GPUs lie farther apart than they must on an idle machine.
        var splits = 0
        /// GPUs that nobody held anything of, on average over the time.
        var wholeGPUs = 0.0
        /// Thousandths of GPUs held, and cores held, of all over the time, 0 to 1.
        var gpuUse = 0.0
        var coreUse = 0.0
    }

    private struct Running {
        var run: RunID
        var end: Int64
        var cpus: CPUSet
        var gpus: [(index: Int, thousandths: Int)]
    }

    private let way: Way
    private let machine: MachineDescription
    private let choice: CoreChoice
    private var planner: Planner
    private var jobs: [JobID: Job] = [:]
    private var running: [Running] = []
    private var freeCPUs: CPUSet
    private var recent = RecentWorkload()
    private var sharing: GPUSharing

    private init(_ machine: MachineDescription, _ way: Way) {
        self.way = way
        self.machine = machine
        choice = CoreChoice(of: machine.topology)
        freeCPUs = machine.topology.allowed
        sharing = GPUSharing(of: machine.gpus)
        let gpus = machine.gpus.map {
            Capacity.GPU(index: $0.index, type: $0.type, memory: $0.memory)
        }
        planner = Planner(
            capacity: Capacity(cores: choice.units.count, memory: machine.memory, gpus: gpus)
        )
    }

    static func run(_ jobs: [Job], on machine: MachineDescription, _ way: Way) -> Figures {
        var study = Study(machine, way)
        var figures = Figures()
        var now: Int64 = 0
        var arrivals = jobs.enumerated().map { ($0.offset, $0.element) }[...]
        while !arrivals.isEmpty || !study.running.isEmpty {
            let next = min(
                arrivals.first?.1.arrival ?? .max,
                study.running.map(\.end).min() ?? .max
            )
            study.add(to: &figures, for: next - now)
            now = next
            study.endDue(at: now)
            while let (number, job) = arrivals.first, job.arrival <= now {
                arrivals.removeFirst()
                study.submit(job, as: JobID(rawValue: Int64(number) + 1), at: now)
            }
            study.start(at: now, &figures)
        }
        let time = Double(max(now, 1))
        figures.wholeGPUs /= time
        figures.gpuUse /= time * 1000 * Double(machine.gpus.count)
        figures.coreUse /= time * Double(study.choice.units.count)
        return figures
    }

    private mutating func submit(_ job: Job, as id: JobID, at now: Int64) {
        jobs[id] = job
        planner.add(
            Candidate(
                id: id,
                submitted: Instant(milliseconds: now * 1000),
                demand: Demand(cores: job.cores, gpus: job.gpus),
                estimate: job.duration
            )
        )
    }

    private mutating func endDue(at now: Int64) {
        for ended in running where ended.end <= now {
            planner.end(ended.run)
            freeCPUs = freeCPUs.union(ended.cpus)
            for (index, thousandths) in ended.gpus { sharing.take(-thousandths, ofGPU: index) }
        }
        running.removeAll { $0.end <= now }
    }

    private mutating func start(at now: Int64, _ figures: inout Figures) {
        var sharing = sharing
        let (way, machine, recent) = (way, machine, recent)
        let freeCores = choice.units.count(in: freeCPUs)
        let plan = planner.plan(at: Instant(milliseconds: now * 1000)) { request, free in
            var chosen = Array(free.prefix(request.count))
            if way == .sluice {
                let offered = machine.gpus.filter { free.contains($0.index) }
                let best =
                    request.memory == nil
                    ? GPUChoice.choose(request, from: offered)
                    : sharing.choose(request, from: free, freeCores: freeCores, recent: recent)
                        .map { [$0] }
                chosen = best?.map(\.index) ?? []
            }
            for index in chosen {
                sharing.take(machine.gpus[index].thousandths(for: request), ofGPU: index)
            }
            return chosen
        }
        for start in plan.starts {
            guard let job = jobs.removeValue(forKey: start.job) else { continue }
            place(job, start, at: now, &figures)
        }
    }

    private mutating func place(
        _ job: Job,
        _ start: Plan.Start,
        at now: Int64,
        _ figures: inout Figures
    ) {
        let gpus = start.gpus.map { machine.gpus[$0] }
        let cpus: CPUSet
        switch way {
        case .firstFit:
            let units = choice.units.units.filter { $0.isSubset(of: freeCPUs) }
            cpus = units.prefix(job.cores).reduce(CPUSet()) { $0.union($1) }
        case .sluice:
            let near = gpus.compactMap(\.node)
            cpus = choice.choose(job.cores, from: freeCPUs, near: near) ?? CPUSet()
        }
        precondition(choice.units.count(in: cpus) == job.cores, "the planner miscounted")
        freeCPUs = freeCPUs.subtracting(cpus)
        recent.note(RecentWorkload.Kind(cores: job.cores, gpus: job.gpus))
        let held = gpus.map { gpu in
            (index: gpu.index, thousandths: job.gpus.map { gpu.thousandths(for: $0) } ?? 0)
        }
        for (index, thousandths) in held { sharing.take(thousandths, ofGPU: index) }
        running.append(Running(run: start.run, end: now + job.duration, cpus: cpus, gpus: held))
        if isSplit(job, cpus, gpus) { figures.splits += 1 }
    }

    /// Whether cores lie in more caches or nodes than they must, away from the GPUs' nodes, or the
    /// GPUs are linked worse than they could be.
    private func isSplit(_ job: Job, _ cpus: CPUSet, _ gpus: [GPU]) -> Bool {
        let cores = machine.topology.cores.filter { !$0.cpus.isDisjoint(with: cpus) }
        let perCache = machine.topology.cores.count { $0.l3 == 0 }
        let perNode = machine.topology.cores.count { $0.node == 0 }
        if Set(cores.map(\.l3)).count > (job.cores + perCache - 1) / perCache { return true }
        if Set(cores.map(\.node)).count > (job.cores + perNode - 1) / perNode { return true }
        if !gpus.isEmpty, job.cores <= perNode,
            !cores.allSatisfy({ core in gpus.contains { $0.node == core.node } })
        {
            return true
        }
        guard let request = job.gpus, gpus.count > 1,
            let best = GPUChoice.choose(request, from: machine.gpus)
        else { return false }
        return Self.links(among: gpus) < Self.links(among: best)
    }

    private static func links(among gpus: [GPU]) -> Int {
        gpus.enumerated().reduce(0) { sum, entry in
            gpus[..<entry.offset].reduce(sum) {
                $0 + GPULink(between: $1, and: entry.element).weight
            }
        }
    }

    private func add(to figures: inout Figures, for time: Int64) {
        let time = Double(time)
        let free = sharing.standings.map(\.free)
        figures.wholeGPUs += Double(free.count { $0 == 1000 }) * time
        figures.gpuUse += Double(free.reduce(0) { $0 + 1000 - $1 }) * time
        figures.coreUse += Double(choice.units.count - choice.units.count(in: freeCPUs)) * time
    }
}
