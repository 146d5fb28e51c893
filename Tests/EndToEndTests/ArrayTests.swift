import Foundation
import JobModel
import QueueStore
import Testing

extension EndToEnd {
    /// Jobs of many tasks.
    struct ArrayTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        @Test func `every task of an array runs once`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("-a", "0-19,40", "--wrap", "echo $SLURM_ARRAY_TASK_ID >> ran")
            let tasks = try queue.endArray(id)
            #expect(try queue.store.end(of: id)?.state == .completed)
            let expected = Array(0...19) + [40]
            #expect(queue.lines("ran").compactMap(Int.init).sorted() == expected)
            #expect(tasks.compactMap(\.taskIndex).sorted() == expected)
            #expect(tasks.allSatisfy { $0.state == .completed && $0.id != id })
            #expect(Set(tasks.map(\.id)).count == 21)
        }

        @Test func `a task is told its array`() throws {
            try queue.awaitDaemon()
            let id = try queue.job(
                "-a",
                "1-7:3",
                "-o",
                "out.%a",
                "--wrap",
                """
                echo $SLURM_ARRAY_JOB_ID $SLURM_ARRAY_TASK_ID $SLURM_ARRAY_TASK_MIN \
                $SLURM_ARRAY_TASK_MAX $SLURM_ARRAY_TASK_STEP $SLURM_ARRAY_TASK_COUNT $SLURM_JOB_ID
                """
            )
            let tasks = try queue.endArray(id)
            #expect(tasks.count == 3)
            for task in tasks {
                let index = try #require(task.taskIndex)
                #expect(queue.text("out.\(index)") == "\(id) \(index) 1 7 3 3 \(task.id)\n")
            }
        }

        @Test func `no more tasks run at once than the array allows`() throws {
            try queue.awaitDaemon()
            let script = TestQueue.waiting(for: "go.$SLURM_ARRAY_TASK_ID")
            let id = try queue.job("-a", "1-3%1", input: script)
            let other = try queue.job("true")
            for index in 1...3 {
                try queue.wait(until: "task \(index) runs") {
                    queue.lines("started").count == index
                }
                // There is a CPU left, as another job shows.
                if index == 1 { try queue.end(other) }
                #expect(try queue.records(id).filter { $0.state == .running }.count == 1)
                queue.touch("go.\(index)")
            }
            try queue.endArray(id)
            #expect(queue.lines("started").count == 3)
        }

        @Test func `a task that runs again counts for its array's bound`() throws {
            try queue.awaitDaemon()
            let script = TestQueue.waiting(for: "go.$SLURM_ARRAY_TASK_ID")
            let id = try queue.job("-a", "1-3%1", input: script)
            try queue.wait(until: "the first runs") { queue.lines("started").count == 1 }
            let first = try queue.task(1, of: id)
            queue.touch("go.1")
            try queue.end(first.id)
            try queue.wait(until: "the second runs") { queue.lines("started").count == 2 }
            #expect(try queue.requeue(first.id) == [.done])
            // There is a CPU left, as another job shows.
            try queue.end(try queue.job("true"))
            #expect(try queue.task(1, of: id).state == .pending)
            #expect(try queue.records(id).filter { $0.state == .running }.count == 1)
            for index in 2...3 { queue.touch("go.\(index)") }
            try queue.endArray(id)
            #expect(queue.lines("started").count == 4)
            // What had a row of its own goes first.
            #expect(queue.lines("started")[2] == "\(first.id)")
        }

        @Test func `the waiting tasks of an array are one row`() throws {
            let id = try queue.job("-a", "0-999999%4", "true")
            let record = try queue.record(id)
            #expect(record.state == .pending && record.waiting?.count == 1_000_000)
            #expect(record.throttle == 4)
            try queue.cancel(id)
            #expect(try queue.record(id).state == .cancelled)
            #expect(try queue.allRecords().count == 1)
        }

        @Test func `tasks of an array are cancelled by themselves`() throws {
            let id = try queue.job("-a", "1-5", "--wrap", "echo $SLURM_ARRAY_TASK_ID >> ran")
            try queue.cancel(id, tasks: ArrayIndexSet(parsing: "2,4-5"))
            try queue.awaitDaemon()
            try queue.endArray(id)
            #expect(queue.lines("ran").sorted() == ["1", "3"])
            #expect(try queue.store.end(of: id)?.state == .failed)
        }

        @Test func `cancelling an array ends what runs of it and what waits`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("-a", "1-9", input: TestQueue.waiting(for: "never"))
            try queue.wait(until: "two run") { queue.lines("started").count == 2 }
            try queue.cancel(id)
            try queue.endArray(id)
            #expect(try queue.records(id).allSatisfy { $0.state == .cancelled })
            #expect(queue.lines("started").count == 2)
            #expect(try queue.members().isEmpty)
        }

        @Test func `an array fails when one of its tasks does, and the others run`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("-a", "1-4", "--wrap", "exit $((SLURM_ARRAY_TASK_ID == 2))")
            let tasks = try queue.endArray(id)
            #expect(try queue.store.end(of: id)?.state == .failed)
            #expect(tasks.filter { $0.state == .completed }.count == 3)
            #expect(tasks.first { $0.taskIndex == 2 }?.state == .failed)
        }
    }
}
