import JobModel
import Planner
import Testing

/// Each rule by an example that can be followed with pen and paper; times in seconds.
struct PlannerTests {
    // MARK: Order

    @Test func `the highest priority goes first`() {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1))
        planner.add(job(2, cores: 1, priority: 5))
        #expect(planner.started(at: 0) == [2])
    }

    @Test func `among equals of priority the oldest goes first, then the lowest id`() {
        var planner = machine(cores: 3)
        planner.add(job(3, cores: 1, submitted: 1))
        planner.add(job(2, cores: 1, submitted: 2))
        planner.add(job(1, cores: 1, submitted: 2))
        #expect(planner.started(at: 2) == [3, 1, 2])
    }

    @Test(arguments: [Int64.min, -1, 0, 1, .max])
    func `every priority has its place in the order`(priority: Int64) {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1, priority: priority))
        planner.add(job(2, cores: 1, priority: .max))
        planner.add(job(3, cores: 1, priority: .min))
        #expect(planner.started(at: 0) == [priority == .max ? 1 : 2])
    }

    @Test func `a changed priority changes the order`() {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1))
        planner.add(job(2, cores: 1))
        #expect(planner.update(id(2)) { $0.priority = 1 })
        #expect(planner.started(at: 0) == [2])
        #expect(!planner.update(id(2)) { $0.priority = 1 }, "it does not wait any more")
    }

    @Test func `what was taken out never starts`() {
        var planner = machine(cores: 2)
        planner.add(job(1, cores: 1))
        planner.add(job(2, cores: 1))
        planner.remove(id(1))
        planner.remove(id(7))
        #expect(planner.candidate(id(1)) == nil)
        #expect(planner.started(at: 0) == [2])
        #expect(planner.waitingCount == 0)
    }

    // MARK: Backfill

    @Test func `a short job goes in front of a wide one that waits`() {
        var planner = machine(cores: 4)
        planner.add(job(1, cores: 3, estimate: 100))
        planner.add(job(2, cores: 4, estimate: 10))
        planner.add(job(3, cores: 1, estimate: 100))
        let plan = planner.plan(at: at(0))
        #expect(plan.starts.map(\.job) == [id(1), id(3)])
        #expect(plan.starts.map(\.isBackfilled) == [false, true])
        #expect(plan.head?.job == id(2))
        #expect(plan.head?.expectedStart == at(100))
    }

    @Test func `a job that would end a second too late waits`() {
        var planner = machine(cores: 4)
        planner.add(job(1, cores: 3, estimate: 100))
        planner.add(job(2, cores: 4, estimate: 10))
        planner.add(job(3, cores: 1, estimate: 101))
        #expect(planner.started(at: 0) == [1])
    }

    @Test func `a long job may take what the head leaves over, but no more`() {
        var planner = machine(cores: 4)
        planner.add(job(1, cores: 2, estimate: 100))
        planner.add(job(2, cores: 3, estimate: 10))
        planner.add(job(3, cores: 1, estimate: 5000))
        planner.add(job(4, cores: 1, estimate: 5000))
        planner.add(job(5, cores: 1, estimate: 100))
        #expect(planner.started(at: 0) == [1, 3, 5])
    }

    @Test func `memory is kept for the head as well`() {
        var planner = machine(cores: 8, memory: 100)
        planner.add(job(1, cores: 1, memory: 60, estimate: 50))
        planner.add(job(2, cores: 1, memory: 80, estimate: 50))
        planner.add(job(3, cores: 1, memory: 30, estimate: 51))
        planner.add(job(4, cores: 1, memory: 20, estimate: 51))
        planner.add(job(5, cores: 1, estimate: 51))
        #expect(planner.started(at: 0) == [1, 4, 5])
    }

    @Test func `the GPUs that come free last are kept for the head`() {
        var planner = machine(cores: 8, gpus: [nil, nil, nil])
        planner.add(job(1, cores: 1, gpus: 1, estimate: 100))
        planner.add(job(2, cores: 1, gpus: 3, estimate: 100))
        planner.add(job(3, cores: 1, gpus: 1, estimate: 200))
        #expect(planner.started(at: 0) == [1], "a third GPU is kept")

        planner = machine(cores: 8, gpus: [nil, nil, nil])
        planner.add(job(1, cores: 1, gpus: 2, estimate: 100))
        planner.add(job(2, cores: 1, gpus: 2, estimate: 100))
        planner.add(job(3, cores: 1, gpus: 1, estimate: 200))
        let plan = planner.plan(at: at(0))
        #expect(plan.starts.map(\.gpus) == [[0, 1], [2]])
        #expect(plan.head?.expectedStart == at(100))
    }

    @Test func `a GPU of another type is not kept`() {
        var planner = machine(cores: 8, gpus: ["a100", "V100", "a100"])
        planner.add(job(1, cores: 1, gpus: 1, type: "a100", estimate: 100))
        planner.add(job(2, cores: 1, gpus: 2, type: "A100", estimate: 100))
        planner.add(job(3, cores: 1, gpus: 1, type: "v100", estimate: 5000))
        planner.add(job(4, cores: 1, gpus: 1, type: "a100", estimate: 5000))
        planner.add(job(5, cores: 1, gpus: 1, estimate: 100))
        let plan = planner.plan(at: at(0))
        #expect(plan.starts.map(\.job) == [id(1), id(3), id(5)])
        #expect(plan.starts.map(\.gpus) == [[0], [1], [2]])
    }

    @Test func `a short job takes the GPU that is kept and leaves the other one`() {
        var planner = machine(cores: 4, gpus: [nil, nil])
        planner.add(job(1, cores: 3, estimate: 100))
        planner.add(job(2, cores: 2, gpus: 1, estimate: 100))
        planner.add(job(3, cores: 1, gpus: 1, estimate: 100))
        let plan = planner.plan(at: at(0)) { request, free in Array(free.suffix(request.count)) }
        #expect(plan.starts.map(\.gpus) == [[], [0]])
    }

    // MARK: Ends that nobody knows

    @Test func `no job passes a head whose start nobody knows where it is short`() {
        var planner = machine(cores: 4, gpus: [nil])
        planner.add(job(1, cores: 2, gpus: 1))
        planner.add(job(2, cores: 1, gpus: 1, estimate: 10))
        planner.add(job(3, cores: 2, estimate: 1))
        planner.add(job(4, cores: 1))
        planner.add(job(5, cores: 1, estimate: 1))
        let plan = planner.plan(at: at(0))
        #expect(plan.starts.map(\.job) == [id(1), id(4)], "one core stays for the head")
        #expect(plan.head?.job == id(2))
        #expect(plan.head?.expectedStart == nil)
    }

    @Test func `jobs without a limit do not keep a wide one waiting for ever`() {
        var planner = machine(cores: 4)
        planner.add(job(1, cores: 2))
        planner.add(job(2, cores: 4))
        planner.add(job(3, cores: 2))
        let first = planner.plan(at: at(0))
        #expect(first.starts.map(\.job) == [id(1)])
        planner.end(first.starts[0].run)
        #expect(planner.started(at: 9) == [2])
    }

    @Test func `a run that has outlived its estimate counts as about to end`() {
        var planner = machine(cores: 4)
        planner.add(job(1, cores: 2, estimate: 10))
        planner.add(job(2, cores: 4, estimate: 10))
        let first = planner.plan(at: at(0))
        planner.add(job(3, cores: 2, estimate: 1))
        let later = planner.plan(at: at(10))
        #expect(later.starts.isEmpty)
        #expect(later.head?.expectedStart == Instant(milliseconds: 10_001))
        planner.correct(first.starts[0].run, estimate: 11)
        #expect(planner.started(at: 10) == [3], "it now ends with the corrected run")
    }

    @Test func `a longer limit makes room for backfill, a shorter one takes it`() {
        var planner = machine(cores: 2)
        let run = planner.adopt(Demand(cores: 1), started: at(-100), estimate: 110)
        planner.add(job(1, cores: 2))
        planner.add(job(2, cores: 1, estimate: 50))
        #expect(planner.started(at: 0) == [])
        planner.correct(run, estimate: 140, limit: 140)
        #expect(planner.started(at: 0) == [])
        planner.correct(run, estimate: 150, limit: 150)
        #expect(planner.started(at: 0) == [2])
    }

    // MARK: Arrays

    @Test func `an array starts task by task up to its throttle`() {
        var planner = machine(cores: 8)
        planner.add(job(1, cores: 1, count: 5, throttle: 2))
        planner.add(job(2, cores: 1))
        let plan = planner.plan(at: at(0))
        #expect(plan.starts.map(\.job) == [id(1), id(1), id(2)])
        #expect(plan.head == nil)
        #expect(planner.candidate(id(1))?.count == 3)
        #expect(planner.reason(for: id(1)) == .jobArrayTaskLimit)
        planner.end(plan.starts[0].run)
        #expect(planner.started(at: 1) == [1])
    }

    @Test func `only the next task of an array has a place kept`() {
        var planner = machine(cores: 4)
        planner.add(job(1, cores: 3, estimate: 10))
        planner.add(job(2, cores: 2, estimate: 1000, count: 1000))
        planner.add(job(3, cores: 1, estimate: 1000))
        let plan = planner.plan(at: at(0))
        #expect(plan.starts.map(\.job) == [id(1), id(3)])
        #expect(plan.head?.job == id(2))
        #expect(plan.head?.expectedStart == at(10))
    }

    @Test func `what runs of an array at a restart counts against its throttle`() {
        var planner = machine(cores: 8)
        let run = planner.adopt(Demand(cores: 1), started: at(-5), estimate: nil, of: id(1))
        planner.add(job(1, cores: 1, count: 4, throttle: 2))
        #expect(planner.started(at: 0) == [1])
        planner.end(run)
        #expect(planner.started(at: 1) == [1])
    }

    @Test func `a throttle may be lifted and lowered`() {
        var planner = machine(cores: 8)
        planner.add(job(1, cores: 1, count: 8, throttle: 1))
        #expect(planner.started(at: 0) == [1])
        planner.update(id(1)) { $0.throttle = nil }
        #expect(planner.started(at: 0).count == 7)
    }

    // MARK: Starts taken back

    @Test func `a start that is taken back waits in its old place`() {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1, priority: 3))
        planner.add(job(2, cores: 1, priority: 2))
        let plan = planner.plan(at: at(0))
        planner.undo(plan.starts[0].run, waitsAgain: true)
        #expect(planner.started(at: 0) == [1])
    }

    @Test func `a start that lost to a cancel is gone`() {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1, priority: 3))
        planner.add(job(2, cores: 1, priority: 2))
        let plan = planner.plan(at: at(0))
        planner.undo(plan.starts[0].run, waitsAgain: false)
        #expect(planner.candidate(id(1)) == nil)
        #expect(planner.started(at: 0) == [2])
    }

    @Test func `a job may come again under its id after its end`() {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1))
        let plan = planner.plan(at: at(0))
        planner.end(plan.starts[0].run)
        planner.add(job(1, cores: 1))
        #expect(planner.started(at: 1) == [1])
    }

    // MARK: What can never run

    @Test func `a job too large for the machine holds up nobody`() {
        var planner = machine(cores: 2, gpus: ["a"])
        planner.add(job(1, cores: 3, priority: 9))
        planner.add(job(2, cores: 1, gpus: 1, type: "b", priority: 9))
        planner.add(job(3, cores: 1))
        #expect(planner.started(at: 0) == [3])
        #expect(planner.reason(for: id(1)) == .partitionConfig)
        #expect(planner.reason(for: id(2)) == .partitionConfig)
    }

    @Test func `a GPU in use from outside is not given out until it is back`() {
        var planner = machine(cores: 8, gpus: [nil, nil])
        planner.setUnavailable(gpus: [0])
        planner.add(job(1, cores: 1, gpus: 2, priority: 9))
        planner.add(job(2, cores: 1, gpus: 1))
        let plan = planner.plan(at: at(0))
        #expect(plan.starts.map(\.job) == [id(2)])
        #expect(plan.starts.map(\.gpus) == [[1]])
        #expect(plan.head == nil)
        #expect(planner.reason(for: id(1)) == .reqNodeNotAvail)
        planner.setUnavailable(gpus: [])
        #expect(planner.plan(at: at(0)).head?.job == id(1))
        #expect(planner.reason(for: id(1)) == .resources)
        planner.end(plan.starts[0].run)
        #expect(planner.started(at: 1) == [1])
    }

    @Test func `a machine that has shrunk under its runs gives out nothing`() {
        var planner = machine(cores: 2)
        let runs = [3, 1].map {
            planner.adopt(Demand(cores: $0), gpus: [5, -1, 999], started: at(-9), estimate: 20)
        }
        planner.add(job(1, cores: 1))
        planner.add(job(2, cores: 0, estimate: 1))
        let plan = planner.plan(at: at(0))
        #expect(plan.starts.isEmpty)
        #expect(plan.head?.expectedStart == at(11))
        planner.end(runs[0])
        #expect(planner.started(at: 1) == [1, 2])
    }

    @Test func `a GPU that two adopted runs hold is free after both`() {
        var planner = machine(cores: 8, gpus: [nil])
        let demand = Demand(cores: 1, gpus: GPURequest(count: 1))
        let runs = [10, 20].map {
            planner.adopt(demand, gpus: [0], started: at(0), estimate: $0)
        }
        planner.add(job(1, cores: 1, gpus: 1))
        planner.end(runs[0])
        #expect(planner.started(at: 0) == [])
        planner.end(runs[1])
        #expect(planner.started(at: 0) == [1])
    }

    @Test func `the longest estimates are as good as none`() {
        var planner = machine(cores: 1)
        planner.add(job(1, cores: 1, estimate: .max))
        planner.add(job(2, cores: 1, estimate: .max - 1))
        planner.add(job(3, cores: 1, estimate: .max / 1000))
        #expect(planner.started(at: 1) == [1])
        #expect(planner.plan(at: at(1)).head?.expectedStart == nil)
    }
}

// MARK: Building blocks

func id(_ number: Int64) -> JobID { JobID(rawValue: number) }

func at(_ seconds: Int64) -> Instant { Instant(milliseconds: seconds * 1000) }

func machine(cores: Int, memory: Int64 = 0, gpus: [String?] = []) -> Planner {
    Planner(
        capacity: Capacity(
            cores: cores,
            memory: MemorySize(bytes: memory),
            gpus: gpus.enumerated().map { Capacity.GPU(index: $0, type: $1) }
        )
    )
}

func job(
    _ number: Int64,
    cores: Int,
    memory: Int64 = 0,
    gpus: Int = 0,
    type: String? = nil,
    estimate: Int64? = nil,
    priority: Int64 = 0,
    submitted: Int64 = 0,
    count: Int = 1,
    throttle: Int? = nil
) -> Candidate {
    Candidate(
        id: id(number),
        priority: priority,
        submitted: at(submitted),
        demand: Demand(
            cores: cores,
            memory: MemorySize(bytes: memory),
            gpus: gpus == 0 ? nil : GPURequest(count: gpus, type: type)
        ),
        estimate: estimate,
        limit: estimate,
        count: count,
        throttle: throttle
    )
}

extension Planner {
    /// The numbers of the candidates that a plan starts.
    mutating func started(at seconds: Int64) -> [Int64] {
        plan(at: Instant(milliseconds: seconds * 1000)).starts.map(\.job.rawValue)
    }
}
