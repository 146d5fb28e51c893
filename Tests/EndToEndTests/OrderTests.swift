import Foundation
import JobModel
import QueueStore
import Testing

extension EndToEnd {
    /// Which job starts when.
    struct OrderTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        private func noting(_ name: String, _ words: String...) throws -> JobID {
            let run = try queue.submit(
                words + ["--parsable", "--wrap", "echo \(name) >> order"]
            )
            return JobID(rawValue: try #require(Int64(run.output.dropLast()), "\(run.errors)"))
        }

        @Test func `jobs that are alike start in the order of their submission`() throws {
            let jobs = try (0..<8).map { try noting("\($0)", "-c", "2") }
            try queue.awaitDaemon()
            for id in jobs { try queue.end(id) }
            #expect(queue.lines("order") == (0..<8).map(String.init))
        }

        @Test func `jobs start in the order of their priority`() throws {
            let jobs = [
                try noting("nice", "-c", "2", "--nice=500"), try noting("plain", "-c", "2"),
                try noting("high", "-c", "2", "--priority=900000"),
                try noting("low", "-c", "2", "--priority=7"),
            ]
            try queue.awaitDaemon()
            for id in jobs { try queue.end(id) }
            #expect(queue.lines("order") == ["high", "plain", "nice", "low"])
        }

        @Test func `a held job waits until it is released`() throws {
            try queue.awaitDaemon()
            let held = try queue.job("-H", "true")
            let other = try queue.job("true")
            try queue.end(other)
            #expect(try queue.record(held).state == .pending)
            #expect(try queue.record(held).reason == .jobHeldUser)
            try queue.release(held)
            #expect(try queue.end(held).state == .completed)
        }

        @Test func `a waiting job can be held`() throws {
            let id = try queue.job("true")
            #expect(try queue.hold(id) == [.done])
            try queue.awaitDaemon()
            let other = try queue.job("true")
            try queue.end(other)
            #expect(try queue.record(id).state == .pending)
            #expect(try queue.cancel(id) == [.done])
            #expect(try queue.record(id).state == .cancelled)
        }

        @Test func `a job that fits beside goes first only where it delays nobody`() throws {
            try queue.awaitDaemon()
            let running = try queue.blocker("go", "-t", "10")
            try queue.awaitState(.running, of: running)
            let first = try noting("first", "-c", "2", "-t", "10")
            let long = try noting("long", "-t", "60")
            let short = try noting("short", "-t", "1")
            #expect(try queue.end(short).state == .completed)
            try queue.awaitReason(.resources, of: first)
            try queue.awaitReason(.priority, of: long)
            let expected = try queue.record(first).expectedStart
            let started = try #require(try queue.record(running).started)
            #expect(try #require(expected).seconds - started.seconds == 600)
            queue.touch("go")
            for id in [first, long] { try queue.end(id) }
            #expect(queue.lines("order") == ["short", "first", "long"])
        }

        @Test func `a job without a time limit is never let past the first in line`() throws {
            try queue.awaitDaemon()
            let running = try queue.blocker("go")
            try queue.awaitState(.running, of: running)
            let first = try noting("first", "-c", "2")
            let next = try noting("next", "-t", "60")
            try queue.awaitReason(.resources, of: first)
            try queue.wait(until: "next has been looked at") {
                try queue.record(next).reason == .priority || queue.lines("order") == ["next"]
            }
            queue.touch("go")
            for id in [first, next] { try queue.end(id) }
        }
    }
}
