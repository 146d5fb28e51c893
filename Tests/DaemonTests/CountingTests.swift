import JobModel
import Placement
import Planner
import Testing

@testable import Daemon
@testable import QueueStore

/// What fits by the planner's count has a place, whatever the machine was when others started.
struct CountingTests {
    private let now = Timestamp(microseconds: 1_000_000_000)

    /// A machine of so many cores of so many threads each, with a GPU of so much memory.
    private func inventory(
        cores count: Int,
        threads: Int = 1,
        gpuMemory: Int64? = nil,
        _ configuration: Configuration = Configuration()
    ) -> Inventory {
        let gpus = gpuMemory.map {
            GPU(
                index: 0,
                uuid: "GPU-0",
                vendor: .nvidia,
                type: "a",
                memory: MemorySize(bytes: $0 << 20)
            )
        }
        return Inventory(
            MachineDescription(
                topology: FalseMachine.topology(cores: count, threads: threads),
                memory: MemorySize(bytes: 1 << 30),
                gpus: gpus.map { [$0] } ?? []
            ),
            configuration
        )
    }

    private func waiting(
        _ id: Int64,
        cpus: Int = 1,
        gpuMemory: Int64? = nil,
        limit: TimeLimit? = nil
    ) -> WaitingJob {
        WaitingJob(
            id: JobID(rawValue: id),
            uid: 1000,
            name: "job",
            priority: 0,
            submitted: Timestamp(microseconds: now.microseconds + id),
            request: request(cpus, gpuMemory),
            timeLimit: limit,
            count: 1,
            isFree: true
        )
    }

    private func request(_ cpus: Int, _ gpuMemory: Int64?) -> ResourceRequest {
        var request = ResourceRequest(tasks: cpus)
        request.gpus = gpuMemory.map {
            GPURequest(count: 1, memory: MemorySize(bytes: $0 << 20))
        }
        return request
    }

    private func running(
        _ id: Int64,
        _ allocation: String,
        cpus: Int = 1,
        gpuMemory: Int64? = nil,
        limit: TimeLimit? = nil
    ) throws -> RunningJob {
        RunningJob(
            attempt: AttemptID(job: JobID(rawValue: id), number: 1),
            uid: 1000,
            name: "job",
            allocation: try Allocation(parsing: ByteString(allocation)),
            boot: "boot",
            claimed: now,
            suspendedMicroseconds: 0,
            submitted: now,
            priority: 0,
            request: request(cpus, gpuMemory),
            timeLimit: limit
        )
    }

    private func submit(_ job: WaitingJob, to decision: inout Decision) -> Moves {
        decision.refresh(job.id, job, at: now)
        let moves = decision.moves(at: now)
        #expect(moves.misfits.isEmpty)
        for start in moves.starts {
            decision.confirm(start, as: AttemptID(job: start.candidate, number: 1), at: now)
        }
        return moves
    }

    @Test func `shares that fill a GPU to the last byte have room on it`() {
        var decision = Decision(inventory(cores: 4, gpuMemory: 80 << 10))
        for (id, size) in [(1, 81_839), (2, 40), (3, 41)] as [(Int64, Int64)] {
            #expect(submit(waiting(id, gpuMemory: size), to: &decision).starts.count == 1)
        }
        #expect(submit(waiting(4, gpuMemory: 1), to: &decision).starts.isEmpty)
    }

    @Test func `a share is worth what it is on the GPU that there is now`() throws {
        var decision = Decision(inventory(cores: 4, gpuMemory: 80 << 10))
        // It was half of a GPU of 40G.
        decision.adopt(try running(1, "cpu=0 gpu=GPU-0:500", gpuMemory: 20 << 10), at: now)
        #expect(submit(waiting(2, gpuMemory: 60 << 10), to: &decision).starts.count == 1)
    }

    @Test func `a core of which a job holds a thread is not free`() throws {
        var decision = Decision(inventory(cores: 2, threads: 2))
        decision.adopt(try running(1, "cpu=0"), at: now)
        let first = submit(waiting(2), to: &decision)
        #expect(first.starts.map(\.allocation.cpus) == [CPUSet([2, 3])])
        #expect(submit(waiting(3), to: &decision).starts.isEmpty)
        decision.end(JobID(rawValue: 1), Outcome(cause: .exited, endedAt: now))
        #expect(decision.moves(at: now).starts.map(\.allocation.cpus) == [CPUSet([0, 1])])
    }

    @Test func `a job that stands still waits with what it asked for`() throws {
        let scheme = try Scheme(
            .srtf,
            backfill: .easy,
            preemption: Preemption(minimumSlice: 0, gain: 2)
        )
        var kept = Configuration()
        kept.reservedCPUs = CPUSet([0])
        let small = inventory(cores: 2, kept)
        var decision = Decision(small, by: scheme)
        let long = try running(1, "cpu=0-1", cpus: 2, limit: .seconds(3600))
        decision.adopt(long, at: now)
        let later = Timestamp(microseconds: now.microseconds + 1_000_000)
        decision.refresh(JobID(rawValue: 2), waiting(2, limit: .seconds(10)), at: later)
        let stop = try #require(decision.moves(at: later).stops.first)
        #expect(stop.attempt == long.attempt)
        decision.standsStill(long.attempt, at: later)
        let start = try #require(decision.moves(at: later).starts.first)
        let second = AttemptID(job: start.candidate, number: 1)
        decision.confirm(start, as: second, at: later)
        decision.end(second.job, Outcome(cause: .exited, endedAt: later))
        // It needs two cores, and there is one: it says so, and nothing breaks.
        #expect(decision.moves(at: later).isEmpty)
        let note = try #require(decision.notes(at: later, limit: 10).first)
        #expect(note.job == long.attempt.job && note.reason == .partitionConfig)
    }

    @Test func `a limit beyond all calendars is no limit`() throws {
        let forever = TimeLimit.seconds(86_400_000_000_000)
        var decision = Decision(
            inventory(cores: 1),
            by: try Scheme(.fifo, backfill: .conservative, maximumWait: 86_400_000_000_000)
        )
        #expect(submit(waiting(1, limit: forever), to: &decision).starts.count == 1)
        #expect(submit(waiting(2, limit: forever), to: &decision).starts.isEmpty)
        #expect(decision.nextInstant(after: now) == nil)
        #expect(decision.notes(at: now, limit: 1).first?.start == nil)
    }
}
