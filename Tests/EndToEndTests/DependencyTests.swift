import Foundation
import JobModel
import QueueStore
import Testing

extension EndToEnd {
    /// Jobs that wait for others.
    struct DependencyTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
            try queue.awaitDaemon()
        }

        /// What becomes of a follower: it runs, or it never can.
        enum Fate { case runs, never }

        @Test(
            arguments: [
                ("afterany", "exit 0", .runs), ("afterany", "exit 1", .runs),
                ("afterok", "exit 0", .runs), ("afterok", "exit 1", .never),
                ("afternotok", "exit 0", .never), ("afternotok", "exit 1", .runs),
                ("after", "exit 1", .runs),
            ] as [(String, String, Fate)]
        )
        func `a job waits for how another ends`(_ kind: String, _ end: String, _ fate: Fate) throws
        {
            let first = try queue.job(
                input: TestQueue.waiting(for: "go", then: "echo first >> order; \(end)")
            )
            let next = try queue.job("-d", "\(kind):\(first)", "--wrap", "echo next >> order")
            if kind != "after" {
                try queue.awaitState(.running, of: first)
                try queue.awaitReason(.dependency, of: next)
                let text = "\(kind):\(first)(unfulfilled)"
                #expect(try queue.record(next).details?.dependency == text)
            }
            queue.touch("go")
            try queue.end(first)
            switch fate {
            case .runs:
                #expect(try queue.end(next).state == .completed)
                if kind != "after" { #expect(queue.lines("order") == ["first", "next"]) }
            case .never:
                try queue.awaitReason(.dependencyNeverSatisfied, of: next)
                #expect(try queue.record(next).state == .pending)
                #expect(queue.lines("order") == ["first"])
                try queue.cancel(next)
                #expect(try queue.record(next).state == .cancelled)
            }
        }

        @Test func `a job may wait for another's start only`() throws {
            let first = try queue.blocker("go")
            let next = try queue.job("-d", "after:\(first)", "true")
            #expect(try queue.end(next).state == .completed)
            #expect(try queue.record(first).state == .running)
            let later = try queue.job("-d", "after:\(first)+60", "true")
            try queue.awaitReason(.beginTime, of: later)
            queue.touch("go")
            try queue.end(first)
            #expect(try queue.record(later).state == .pending)
        }

        @Test func `a job that waits for an ended one is told at once`() throws {
            let good = try queue.job("true")
            let bad = try queue.job("false")
            for id in [good, bad] { try queue.end(id) }
            #expect(
                try queue.end(try queue.job("-d", "afterok:\(good)", "true")).state == .completed
            )
            let never = try queue.job("-d", "afterok:\(bad)", "true")
            #expect(try queue.record(never).reason == .dependencyNeverSatisfied)
        }

        @Test func `a cancelled job counts as one that failed`() throws {
            let first = try queue.job("-H", "true")
            let never = try queue.job("-d", "afterok:\(first)", "true")
            let next = try queue.job("-d", "afternotok:\(first)", "true")
            try queue.cancel(first)
            #expect(try queue.end(next).state == .completed)
            #expect(try queue.record(never).reason == .dependencyNeverSatisfied)
        }

        @Test func `a job waits for all of several or for any of them`() throws {
            let one = try queue.job("-H", "true")
            let two = try queue.job("-H", "true")
            let all = try queue.job("-d", "afterok:\(one):\(two)", "true")
            let any = try queue.job("-d", "afterok:\(one)?afterok:\(two)", "true")
            try queue.release(two)
            #expect(try queue.end(any).state == .completed)
            #expect(try queue.record(all).reason == .dependency)
            try queue.release(one)
            #expect(try queue.end(all).state == .completed)
        }

        @Test func `a job that waits for an array waits for all of its tasks`() throws {
            let script = TestQueue.waiting(for: "go.$SLURM_ARRAY_TASK_ID")
            let array = try queue.job("-a", "1-2", input: script)
            let all = try queue.job("-d", "afterok:\(array)", "true")
            let one = try queue.job("-d", "afterok:\(array)_1", "true")
            try queue.wait(until: "both run") { queue.lines("started").count == 2 }
            queue.touch("go.1")
            #expect(try queue.end(one).state == .completed)
            #expect(try queue.record(all).state == .pending)
            queue.touch("go.2")
            #expect(try queue.end(all).state == .completed)
        }

        @Test func `a task may wait for the same task of another array`() throws {
            let first = try queue.job(
                "-a",
                "1-3",
                "--wrap",
                "exit $((SLURM_ARRAY_TASK_ID == 2))"
            )
            let next = try queue.job(
                "-a",
                "1-3",
                "-d",
                "aftercorr:\(first)",
                "--wrap",
                "echo $SLURM_ARRAY_TASK_ID >> ran"
            )
            try queue.endArray(first)
            try queue.wait(until: "two have run") { queue.lines("ran").count == 2 }
            #expect(queue.lines("ran").sorted() == ["1", "3"])
            try queue.wait(until: "the third never can") {
                try queue.records(next).contains { $0.reason == .dependencyNeverSatisfied }
            }
            let left = try queue.records(next).filter { $0.state == .pending }
            #expect(left.count == 1)
            try queue.cancel(next)
            try queue.endArray(next)
            #expect(queue.lines("ran").count == 2)
        }

        @Test func `of jobs of one name and user one runs at a time`() throws {
            let first = try queue.blocker("go", "-J", "only", "-d", "singleton")
            let second = try queue.job("-J", "only", "-d", "singleton", "true")
            let third = try queue.job("-J", "only", "-d", "singleton", "true")
            let other = try queue.job("-J", "other", "-d", "singleton", "true")
            #expect(try queue.end(other).state == .completed)
            #expect(try queue.record(first).state == .running)
            #expect(try queue.record(second).reason == .dependency)
            queue.touch("go")
            let ended = try [first, second, third].map { try queue.end($0) }
            for (before, after) in zip(ended, ended.dropFirst()) {
                #expect(try #require(before.ended) <= #require(after.started))
            }
        }

        @Test func `to release a job does not spare it what it waits for`() throws {
            let first = try queue.job("-H", "true")
            let next = try queue.job("-H", "-d", "afterok:\(first)", "true")
            let late = try queue.job("-H", "-d", "afterok:\(first)", "true")
            try queue.release(next)
            #expect(try queue.record(next).reason == .dependency)
            try queue.release(first)
            #expect(try queue.end(next).state == .completed)
            #expect(try queue.record(late).reason == .jobHeldUser)
            try queue.release(late)
            #expect(try queue.end(late).state == .completed)
        }

        @Test func `a released job that can still start does not look hopeless`() throws {
            let bad = try queue.job("-H", "false")
            let open = try queue.job("-H", "true")
            let next = try queue.job("-H", "-d", "afterok:\(bad)?afterok:\(open)", "true")
            try queue.release(bad)
            try queue.end(bad)
            try queue.release(next)
            #expect(try queue.record(next).reason == .dependency)
            try queue.release(open)
            #expect(try queue.end(next).state == .completed)
        }

        @Test func `who waits for a task is told when it is cancelled before it started`() throws {
            let array = try queue.job("-H", "-a", "1-9", "true")
            func follower(_ kind: String, _ index: Int) throws -> JobID {
                try queue.job("-d", "\(kind):\(array)_\(index)", "true")
            }
            let any = try follower("afterany", 5)
            let good = try follower("afterok", 5)
            let rest = try follower("afterany", 8)
            let middle = ArrayIndexSet([.init(first: 4, last: 6)])
            try queue.cancel(array, tasks: middle)
            #expect(try queue.end(any).state == .completed)
            #expect(try queue.record(good).reason == .dependencyNeverSatisfied)
            #expect(try queue.record(rest).reason == .dependency)
            #expect(try queue.end(follower("afterany", 4)).state == .completed)
            #expect(try queue.record(follower("afterok", 4)).reason == .dependencyNeverSatisfied)
            try queue.cancel(array)
            #expect(try queue.end(rest).state == .completed)
            #expect(try queue.end(follower("afternotok", 9)).state == .completed)
        }

        @Test(arguments: [true, false])
        func `tasks whose counterparts were cancelled never start`(_ isEarlier: Bool) throws {
            let array = try queue.job("-H", "-a", "1-9", "true")
            let middle = ArrayIndexSet([.init(first: 4, last: 6)])
            if isEarlier { try queue.cancel(array, tasks: middle) }
            let next = try queue.job("-a", "1-9", "-d", "aftercorr:\(array)", "true")
            if !isEarlier { try queue.cancel(array, tasks: middle) }
            let hopeless = try queue.records(next).filter { $0.reason == .dependencyNeverSatisfied }
            #expect(hopeless.map(\.waiting) == [middle])
            try queue.release(array)
            try queue.wait(until: "the others have run") {
                try queue.records(next).filter { $0.state == .completed }.count == 6
            }
            try queue.cancel(next)
            #expect(try queue.endArray(next).filter { $0.state == .cancelled }.count == 1)
        }

        @Test func `a task that an array does not have cannot be waited for`() throws {
            let array = try queue.job("-H", "-a", "1-9:2", "true")
            let run = try queue.submit(["-d", "afterok:\(array)_4", "true"])
            #expect(run.exitCode == 1 && queue.isOneLine(run.errors))
            #expect(run.errors.contains("there is no job \(array)_4"))
        }

        @Test func `a chain runs in its order`() throws {
            var last = try queue.job("--wrap", "echo 0 >> order")
            for number in 1...12 {
                last = try queue.job("-d", "afterok:\(last)", "--wrap", "echo \(number) >> order")
            }
            #expect(try queue.end(last).state == .completed)
            #expect(queue.lines("order") == (0...12).map(String.init))
        }
    }
}
