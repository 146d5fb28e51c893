import JobModel
import Planner
import Testing

@testable import Daemon
@testable import QueueStore

struct DecisionTests {
    /// Seeds of random runs, which are printed with whatever goes wrong.
    @Test func `whatever happens nothing is given out twice, started twice or forgotten`() {
        for seed in 1...1_000 {
            var daemon = FalseDaemon(seed: UInt64(seed))
            for _ in 0..<25 { daemon.advance() }
            daemon.drain()
        }
    }

    @Test func `nor where jobs that run stop for shorter ones`() throws {
        var stops = 0
        var resumptions = 0
        for seed in 1...500 {
            let backfill = seed % 3 == 0 ? Backfill.none : .easy
            let preemption = Preemption(minimumSlice: Int64(seed % 20), gain: 1.5)
            let scheme = try Scheme(.srtf, backfill: backfill, preemption: preemption)
            var daemon = FalseDaemon(seed: UInt64(seed), by: scheme)
            for _ in 0..<40 { daemon.advance() }
            daemon.drain()
            stops += daemon.stops
            resumptions += daemon.resumptions
        }
        #expect(stops > 100 && resumptions > 50, "\(stops) stops, \(resumptions) went on")
    }
}

struct LaunchRetryTests {
    @Test func `three launches that fail hold a job, and each waits longer`() {
        var earlier: [Outcome.Cause] = []
        var pauses: [Int64] = []
        for number in 1...6 {
            let retry = LaunchRetry(after: .neverStarted, earlier: earlier)
            #expect(retry.isHeld == (number % 3 == 0), "after \(number)")
            pauses.append(retry.pause)
            earlier.append(.neverStarted)
        }
        #expect(pauses[0] < pauses[1] && pauses[1] < pauses[2])
        // Whoever released it gives it as many tries again.
        #expect(pauses[3...] == pauses[..<3])
    }

    @Test func `launches that schedd cut off do not count as failures`() {
        let earlier = [Outcome.Cause](repeating: .cutOff, count: 5)
        #expect(LaunchRetry(after: .cutOff, earlier: earlier) == .init(after: .cutOff, earlier: []))
        #expect(!LaunchRetry(after: .neverStarted, earlier: earlier).isHeld)
        let failures: [Outcome.Cause] = [.neverStarted, .cutOff, .neverStarted]
        #expect(LaunchRetry(after: .neverStarted, earlier: failures).isHeld)
        #expect(!LaunchRetry(after: .cutOff, earlier: failures).isHeld)
    }

    @Test func `a job that schedd may die of is held at last`() {
        let earlier = [Outcome.Cause](repeating: .cutOff, count: 9)
        #expect(LaunchRetry(after: .cutOff, earlier: earlier).isHeld)
    }
}
