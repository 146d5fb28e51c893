import Planner
import Simulation
import Testing

/// Replays that can be followed with pen and paper.
struct ReplayTests {
    private func options(_ policy: Policy, _ backfill: Backfill, processors: Int = 4) throws
        -> ReplayOptions
    {
        ReplayOptions(scheme: try Scheme(policy, backfill: backfill), processors: processors)
    }

    private func job(
        _ number: Int64,
        at submit: Int64,
        runs runTime: Int64,
        on processors: Int,
        limit: Int64? = nil
    ) -> WorkloadJob {
        WorkloadJob(
            number: number,
            submit: submit,
            runTime: runTime,
            processors: processors,
            limit: limit
        )
    }

    @Test func `nothing comes of an empty workload`() throws {
        let result = try Replay.run([], try options(.fifo, .easy))
        #expect(result.outcomes.isEmpty && result.intervals.isEmpty)
    }

    @Test func `jobs go by submission and number, whatever their place in the workload`() throws {
        let jobs = [
            job(3, at: 5, runs: 10, on: 4), job(2, at: 0, runs: 10, on: 4),
            job(1, at: 0, runs: 10, on: 4),
        ]
        let result = try Replay.run(jobs, try options(.fifo, .none))
        #expect(result.outcomes.map(\.start) == [20, 10, 0])
        #expect(result.outcomes.map(\.end) == [30, 20, 10])
    }

    @Test func `a job ends at its limit, and a short one goes in front of a wide one`() throws {
        let jobs = [
            job(1, at: 0, runs: 500, on: 3, limit: 100), job(2, at: 1, runs: 10, on: 4, limit: 10),
            job(3, at: 2, runs: 50, on: 1, limit: 98),
        ]
        let result = try Replay.run(jobs, try options(.fifo, .easy))
        #expect(result.outcomes.map(\.start) == [0, 100, 2])
        #expect(result.outcomes.map(\.isBackfilled) == [false, false, true])
        #expect(result.backfilled == 1)
    }

    @Test func `a stopped job keeps its progress`() throws {
        let jobs = [
            job(1, at: 0, runs: 5000, on: 4, limit: 5000),
            job(2, at: 10, runs: 60, on: 1, limit: 60),
        ]
        let result = try Replay.run(jobs, try options(.srtf, .none))
        #expect(result.preemptions == 1)
        #expect(result.outcomes.map(\.end) == [5060, 660])
        #expect(
            result.intervals.map { [Int64($0.job), $0.start, $0.end] }
                == [[0, 0, 600], [1, 600, 660], [0, 660, 5060]]
        )
    }

    @Test func `two ended jobs of a user foretell the third`() throws {
        var jobs = (0..<3).map { job($0, at: $0 * 100, runs: 50, on: 1, limit: 1000) }
        for number in jobs.indices { jobs[number].user = 7 }
        jobs[2].runTime = 200
        var options = try options(.fifo, .easy)
        options.estimates = .predicted
        // 50 s are expected, then 110, 350.
        #expect(try Replay.run(jobs, options).corrections == 2)
        options.estimates = .user
        #expect(try Replay.run(jobs, options).corrections == 0)
    }

    @Test func `GPUs and memory hold jobs up as processors do`() throws {
        var jobs = (0..<3).map { job($0, at: 0, runs: 10, on: 1) }
        for number in jobs.indices { jobs[number].gpus = 1 }
        jobs[2].memory = 5
        var options = try options(.fifo, .none)
        options.gpus = 2
        options.memory = 8
        let result = try Replay.run(jobs, options)
        #expect(result.outcomes.map(\.start) == [0, 0, 10])
        #expect(result.intervals.map(\.gpus) == [[0], [1], [0]])
    }

    @Test func `a job that could never run is refused by its number`() throws {
        let options = try options(.fifo, .none)
        #expect(throws: ReplayError.impossible(number: 9)) {
            try Replay.run([job(9, at: 0, runs: 1, on: 5)], options)
        }
        #expect(throws: ReplayError.outOfRange(number: 8)) {
            try Replay.run([job(8, at: 0, runs: 0, on: 1)], options)
        }
        #expect(throws: ReplayError.outOfRange(number: 7)) {
            try Replay.run([job(7, at: -1, runs: 1, on: 1)], options)
        }
    }
}
