import JobModel
import Placement
import Planner
import Testing

@testable import Daemon
@testable import QueueStore

/// Single events and what `Decision` makes of them.
struct ForesightTests {
    private let start = Timestamp(microseconds: 1_000_000_000)
    private let inventory = Inventory(
        MachineDescription(
            topology: FalseMachine.topology(cores: 2),
            memory: MemorySize(bytes: 16),
            gpus: []
        ),
        Configuration()
    )

    private func job(
        _ id: Int64,
        cpus: Int = 2,
        limit: Int64?,
        priority: Int64 = 0,
        name: ByteString = "train"
    ) -> WaitingJob {
        WaitingJob(
            id: JobID(rawValue: id),
            uid: 1000,
            name: name,
            priority: priority,
            submitted: Timestamp(microseconds: start.microseconds + id),
            request: ResourceRequest(tasks: cpus),
            timeLimit: limit.map { .seconds($0) },
            count: 1,
            isFree: true
        )
    }

    /// Starts what starts; the numbers of the jobs.
    private func advance(_ decision: inout Decision, at now: Timestamp) -> [Int64] {
        decision.moves(at: now).starts.map { start in
            let attempt = AttemptID(job: start.candidate, number: 1)
            decision.confirm(start, as: attempt, at: now)
            return start.candidate.rawValue
        }
    }

    private func end(_ id: Int64, after seconds: Int64, exit: Int, in decision: inout Decision) {
        let now = Timestamp(microseconds: start.microseconds + seconds * 1_000_000)
        decision.end(JobID(rawValue: id), Outcome(cause: .exited, exitCode: exit, endedAt: now))
    }

    @Test func `a place that was kept is kept after a restart`() throws {
        let scheme = try Scheme(.multifactor, backfill: .conservative)
        var decision = Decision(inventory, by: scheme)
        decision.refresh(JobID(rawValue: 1), job(1, cpus: 1, limit: 100), at: start)
        #expect(advance(&decision, at: start) == [1])
        decision.refresh(JobID(rawValue: 2), job(2, limit: 50), at: start)
        #expect(advance(&decision, at: start) == [])
        let late = job(3, limit: 50, priority: 7)
        decision.refresh(JobID(rawValue: 3), late, at: start)
        #expect(advance(&decision, at: start) == [])
        func starts(_ decision: Decision) -> [Int64: Int64] {
            var starts: [Int64: Int64] = [:]
            for note in decision.notes(at: start, limit: 10) {
                let seconds = note.start.map { ($0.microseconds - start.microseconds) / 1_000_000 }
                starts[note.job.rawValue] = seconds
            }
            return starts
        }
        // The first to come has its place, whatever the other's priority.
        #expect(starts(decision) == [2: 100, 3: 150])

        var fresh = Decision(inventory, by: scheme)
        fresh.adopt(
            RunningJob(
                attempt: AttemptID(job: JobID(rawValue: 1), number: 1),
                uid: 1000,
                name: "train",
                allocation: Allocation(cpus: CPUSet([0])),
                boot: "boot",
                claimed: start,
                suspendedMicroseconds: 0,
                submitted: start,
                priority: 0,
                request: ResourceRequest(tasks: 1),
                timeLimit: .seconds(100)
            ),
            at: start
        )
        fresh.refresh(JobID(rawValue: 2), job(2, limit: 50), at: start)
        fresh.refresh(JobID(rawValue: 3), late, at: start)
        var forgetful = fresh
        #expect(advance(&forgetful, at: start) == [])
        #expect(starts(forgetful) == [3: 100, 2: 150])
        var told: [JobID: Timestamp] = [:]
        for note in decision.notes(at: start, limit: 10) { told[note.job] = note.start }
        fresh.restorePlaces(told)
        #expect(advance(&fresh, at: start) == [])
        #expect(starts(fresh) == [2: 100, 3: 150])
    }

    /// Lets two jobs of a name run for ten and thirty seconds under a policy that looks at it.
    private func seasoned(isOn: Bool = true) throws -> Decision {
        let runs = [(10, false), (30, false), (5, true)].map {
            PastRun(uid: 1000, name: "train", seconds: $0.0, hasFailed: $0.1)
        }
        let scheme = try Scheme(.sjf, backfill: .easy)
        return Decision(inventory, by: scheme, Prediction(isOn: isOn, from: runs))
    }

    @Test(arguments: [true, false])
    func `jobs are put in order by what is predicted, unless that is off`(_ isOn: Bool) throws {
        var decision = try seasoned(isOn: isOn)
        // Of another user's jobs nothing is known, but of all jobs.
        var other = job(1, limit: 15, name: "other")
        other.uid = 1001
        decision.refresh(JobID(rawValue: 1), other, at: start)
        decision.refresh(JobID(rawValue: 2), job(2, limit: 16), at: start)
        let first = decision.moves(at: start).starts
        #expect(first.map(\.candidate.rawValue) == [1])
        #expect(first.map(\.job.predicted) == [isOn ? 15 : nil])
        decision.refresh(JobID(rawValue: 2), job(2, limit: nil), at: start)
        #expect(decision.waiting[JobID(rawValue: 2)]?.predicted == (isOn ? 20 : nil))
    }

    @Test func `what nobody knew is predicted as soon as two have run`() throws {
        var decision = Decision(
            inventory,
            by: try Scheme(.sjf, backfill: .none),
            Prediction(isOn: true, from: [])
        )
        for id in 1...4 as ClosedRange<Int64> {
            decision.refresh(JobID(rawValue: id), job(id, limit: id == 4 ? 500 : nil), at: start)
        }
        // One with a limit goes before those of which nothing is known.
        #expect(advance(&decision, at: start) == [4])
        end(4, after: 12, exit: 0, in: &decision)
        #expect(advance(&decision, at: start) == [1])
        // What fails at once tells nothing.
        end(1, after: 3, exit: 1, in: &decision)
        #expect(advance(&decision, at: start) == [2])
        #expect(decision.waiting[JobID(rawValue: 3)]?.predicted == nil)
        end(2, after: 18, exit: 1, in: &decision)
        #expect(decision.waiting[JobID(rawValue: 3)]?.predicted == 15)
    }

    @Test func `a run that outlives its prediction is expected to take longer`() throws {
        var decision = try seasoned()
        decision.refresh(JobID(rawValue: 1), job(1, limit: nil), at: start)
        #expect(advance(&decision, at: start) == [1])
        decision.refresh(JobID(rawValue: 2), job(2, limit: nil), at: start)
        func expected(_ now: Timestamp) -> Int64? {
            decision.notes(at: now, limit: 1).first?.start
                .map { ($0.microseconds - start.microseconds) / 1_000_000 }
        }
        #expect(expected(start) == 20)
        let late = try #require(decision.nextInstant(after: start))
        #expect(late.microseconds - start.microseconds == 20_000_000)
        let moves = decision.moves(at: late)
        #expect(moves.isEmpty && moves.isCorrected)
        #expect(expected(late) == 80)
    }
}
