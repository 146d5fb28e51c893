import Planner
import Testing

struct SchemeTests {
    @Test(arguments: [
        (Policy.srtf, Backfill.conservative, SchemeError.preemptionBreaksReservations),
        (.greedy, .easy, .greedyFillsAnyway(.easy)),
        (.greedy, .conservative, .greedyFillsAnyway(.conservative)),
        (.fifo, Backfill(.easy, depth: 0), .depth(0)),
        (.fifo, Backfill(.conservative, window: -1), .window(-1)),
    ])
    func `what makes no sense is refused with the reason`(
        policy: Policy,
        backfill: Backfill,
        error: SchemeError
    ) {
        #expect(throws: error) { try Scheme(policy, backfill: backfill) }
        #expect(!error.description.contains("\n"))
    }

    @Test func `parameters out of range are refused with the value`() {
        #expect(throws: SchemeError.minimumSlice(-1)) {
            try Scheme(.srtf, backfill: .none, preemption: Preemption(minimumSlice: -1))
        }
        #expect(throws: SchemeError.gain(0.5)) {
            try Scheme(.srtf, backfill: .none, preemption: Preemption(gain: 0.5))
        }
        #expect(throws: SchemeError.gain(.infinity)) {
            try Scheme(.srtf, backfill: .none, preemption: Preemption(gain: .infinity))
        }
        #expect(throws: SchemeError.maximumWait(-1)) {
            try Scheme(.fifo, backfill: .easy, maximumWait: -1)
        }
        #expect(throws: SchemeError.weight(1_000_001)) {
            try Scheme(.multifactor, backfill: .easy, weights: Weights(age: 1_000_001))
        }
        #expect(throws: SchemeError.maximumAge(0)) {
            try Scheme(.multifactor, backfill: .easy, weights: Weights(maximumAge: 0))
        }
        #expect(SchemeError.weight(1_000_001).description.contains("'1000001'"))
    }

    @Test func `every other combination is allowed`() {
        let allowed = Policy.allCases.flatMap { policy in
            Backfill.Kind.allCases.compactMap { try? Scheme(policy, backfill: Backfill($0)) }
        }
        #expect(allowed.count == 24)
    }
}
