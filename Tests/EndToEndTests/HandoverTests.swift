import Foundation
import Glibc
import JobModel
import Linux
import QueueStore
import Testing

extension EndToEnd {
    /// A supervisor that goes from one job to the next, and what dies on the way there.
    struct HandoverTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        /// Four tasks, one after the other.
        private func tasks() throws -> JobID {
            try queue.job(
                "--array=1-4%1",
                "-o",
                "/dev/null",
                "--wrap",
                "echo $SLURM_ARRAY_TASK_ID $PPID >> ran"
            )
        }

        /// Waits until all tasks have ended as they should.
        @discardableResult
        private func endAll(_ id: JobID) throws -> [JobRecord] {
            let tasks = try queue.endArray(id)
            #expect(tasks.count == 4)
            for task in tasks { #expect(task.state == .completed, "\(task)") }
            return tasks
        }

        /// The tasks that ran, in their order.
        private var ran: [String] {
            queue.lines("ran").map { String($0.prefix { $0 != " " }) }
        }

        /// The supervisors that `schedd` has started.
        private func supervisors() throws -> [ProcessStatus] {
            let daemon = try #require(queue.daemon?.pid)
            return try ProcessTable().processes.values.filter {
                $0.parent == daemon && queue.text("/proc/\($0.pid)/comm") == "stepd\n"
            }
        }

        @Test func `the tasks of an array share a supervisor`() throws {
            try queue.awaitDaemon()
            try endAll(tasks())
            let places = queue.lines("ran").map { $0.split(separator: " ") }
            #expect(places.map { String($0[0]) } == ["1", "2", "3", "4"])
            #expect(Set(places.map { $0[1] }).count == 1)
        }

        @Test func `a task runs once whose schedd is killed when it has handed it over`() throws {
            let id = try tasks()
            for _ in 1...2 {
                try queue.startDaemon(adding: ["SLUICE_CRASH_POINT": "attemptHandedOver"])
                try queue.wait(until: "schedd has died") { queue.daemon?.hasEnded ?? true }
            }
            try queue.awaitDaemon()
            let tasks = try endAll(id)
            #expect(ran == ["1", "2", "3", "4"])
            #expect(tasks.allSatisfy { $0.attempts == 1 }, "\(tasks)")
        }

        @Test func `a task that a dying supervisor was given runs once and is not blamed`() throws {
            let id = try tasks()
            try queue.startDaemon(adding: ["SLUICE_CRASH_POINT": "attemptTaken"])
            let tasks = try endAll(id)
            #expect(ran == ["1", "2", "3", "4"])
            #expect(tasks.allSatisfy { $0.restarts == 0 }, "\(tasks)")
            #expect(tasks.map(\.attempts).sorted() == [1, 2, 2, 2])
        }

        @Test func `a supervisor that waits is killed and the next job runs`() throws {
            try queue.awaitDaemon()
            for number in 1...3 {
                #expect(
                    try queue.end(queue.job("--wrap", "echo \(number) >> ran")).state == .completed
                )
                for process in try supervisors() { try queue.kill(process.identity) }
            }
            #expect(ran == ["1", "2", "3"])
        }

        @Test func `a supervisor that waits leaves with its schedd`() throws {
            try queue.awaitDaemon()
            #expect(try queue.end(queue.job("true")).state == .completed)
            let waiting = try supervisors()
            queue.killDaemon()
            try queue.wait(until: "it has left") {
                waiting.allSatisfy { !TestQueue.lives("\($0.pid)") }
            }
        }

        @Test func `a supervisor that has waited long leaves`() throws {
            try queue.awaitDaemon()
            #expect(try queue.end(queue.job("true")).state == .completed)
            try queue.wait(until: "it has left") { try supervisors().isEmpty }
            #expect(try queue.end(queue.job("true")).state == .completed)
        }
    }
}
