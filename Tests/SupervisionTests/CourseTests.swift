import JobModel
import Testing

@testable import Supervision

/// The way of an attempt, without any process.
struct CourseTests {
    private func course(_ events: Course.Event...) -> (Course, [Course.Effect]) {
        var course = Course()
        let effects = events.map { course.handle($0) }
        return (course, effects)
    }

    @Test(arguments: [
        (Course.Event.cancel, Outcome.Cause.cancelled), (.requeue, .requeued),
        (.limitReached, .timeLimit),
    ])
    func `what ends a job gives it grace, then kills it`(
        _ event: Course.Event,
        _ cause: Outcome.Cause
    ) {
        let (course, effects) = course(event, .firstEnded, .graceOver)
        #expect(effects == [.terminate, .wait, .kill])
        #expect(course.cause == cause)
        #expect(course.phase == .killing)
    }

    @Test func `what a job leaves behind is killed at once`() {
        let (course, effects) = course(.firstEnded)
        #expect(effects == [.kill])
        #expect(course.cause == .exited)
    }

    @Test func `a kill by order is a cancel without grace`() {
        let (course, effects) = course(.kill)
        #expect(effects == [.kill])
        #expect(course.cause == .cancelled)
    }

    @Test func `a cancel wins over a requeue that has begun`() {
        #expect(course(.requeue, .cancel).0.cause == .cancelled)
        #expect(course(.requeue, .graceOver, .cancel).0.cause == .cancelled)
        #expect(course(.requeue, .kill).0.cause == .cancelled)
        #expect(course(.requeue, .kill).1 == [.terminate, .kill])
    }

    @Test func `a cancel that comes after the end changes nothing`() {
        #expect(course(.firstEnded, .cancel).0.cause == .exited)
        #expect(course(.limitReached, .cancel).0.cause == .timeLimit)
    }

    @Test func `TERM goes out once`() {
        let (_, effects) = course(.cancel, .cancel, .limitReached, .requeue)
        #expect(effects == [.terminate, .wait, .wait, .wait])
    }

    @Test(arguments: Course.Event.allCases, Course.Event.allCases)
    func `nothing leads back from the end to the start`(
        _ first: Course.Event,
        _ second: Course.Event
    ) {
        var course = Course()
        let order: [Course.Phase] = [.running, .grace, .killing]
        var reached = 0
        for event in [first, second, first, second] {
            _ = course.handle(event)
            let now = order.firstIndex(of: course.phase) ?? -1
            #expect(now >= reached)
            reached = now
        }
    }
}
