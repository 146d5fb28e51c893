import Planner
import Testing

struct RunTimeHistoryTests {
    @Test func `two ended runs make a prediction, the last two of many`() {
        var history = RunTimeHistory<Int>()
        #expect(history.prediction(under: 1) == nil)
        history.record(10, under: 1)
        #expect(history.prediction(under: 1) == nil)
        history.record(21, under: 1)
        #expect(history.prediction(under: 1) == 15)
        history.record(31, under: 1)
        #expect(history.prediction(under: 1) == 26)
        #expect(history.prediction(under: 1, limit: 20) == 20)
        #expect(history.prediction(under: 2) == nil)
    }

    @Test func `a prediction is a second at least`() {
        var history = RunTimeHistory<Int>()
        history.record(0, under: 1)
        history.record(1, under: 1)
        #expect(history.prediction(under: 1) == 1)
    }

    @Test func `the name tells more than the user, the user more than the partition`() {
        var history = RunTimeHistory<RunTimeKey>()
        let keys = RunTimeKey.all(name: "train", user: "ada", partition: "main")
        let others = RunTimeKey.all(name: "test", user: "ada", partition: "main")
        history.record(100, hasFailed: false, under: keys)
        history.record(200, hasFailed: true, under: keys)
        history.record(300, hasFailed: false, under: others)
        #expect(history.prediction(under: keys) == 150)
        #expect(history.prediction(under: others) == 250)
        let strangers = RunTimeKey.all(name: "train", user: "bob", partition: "main")
        #expect(history.prediction(under: strangers, limit: 60) == 60)
    }

    @Test func `a job that failed at once tells nothing`() {
        var history = RunTimeHistory<RunTimeKey>()
        let keys = RunTimeKey.all(name: "train", user: "ada", partition: "main")
        history.record(9, hasFailed: true, under: keys)
        history.record(10, hasFailed: true, under: keys)
        #expect(history.prediction(under: keys) == nil)
        history.record(9, hasFailed: false, under: keys)
        #expect(history.prediction(under: keys) == 9)
    }

    @Test func `keys that are not used any more are forgotten`() {
        var history = RunTimeHistory<Int>(capacity: 10)
        for _ in 0..<2 { history.record(50, under: -1) }
        for key in 0..<100 {
            for _ in 0..<2 { history.record(7, under: key) }
            if key < 50 { history.record(50, under: -1) }
            if key == 50 { #expect(history.prediction(under: -1) == 50) }
        }
        #expect(history.prediction(under: 99) == 7)
        #expect(history.prediction(under: -1) == nil)
        #expect(history.prediction(under: 1) == nil)
    }

    @Test(
        arguments: [
            (0, 160), (1, 400), (2, 1000), (10, 360_100), (11, 500),
        ] as [(Int, Int64)]
    )
    func `an outrun estimate grows by the steps of the schedule`(count: Int, next: Int64) {
        let estimate = OutrunSchedule.next(first: 100, current: 250, corrections: count, limit: nil)
        #expect(estimate == next)
        #expect(
            OutrunSchedule.next(first: 100, current: 250, corrections: count, limit: 300)
                == min(next, 300)
        )
        #expect(
            OutrunSchedule.next(first: 100, current: 300, corrections: count, limit: 300) == nil
        )
    }
}
