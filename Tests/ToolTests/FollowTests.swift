import Foundation
import JobModel
import QueueStore
import Testing

struct FollowTests {
    let queue: ToolQueue

    init() throws { queue = try ToolQueue() }

    private func follow(_ job: String) throws -> Process {
        let process = try queue.process(["queue", "--follow", job], [:], output: "followed")
        try process.run()
        return process
    }

    private func append(_ text: String, to name: String) throws {
        let file = "\(queue.path)/\(name)"
        if !FileManager.default.fileExists(atPath: file) { queue.write(name, "") }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    private func awaitOutput(_ text: String) throws {
        try queue.wait(until: "follow has printed \(text)") { queue.text("followed.out") == text }
    }

    @Test func `follow prints a job's output as it grows and ends with its status`() throws {
        let job = try queue.submit { $0.outputPattern = "out-%j" }
        let process = try follow("\(job)")
        let attempt = try queue.start(job)
        try append("one\n", to: "out-1")
        try awaitOutput("one\n")
        try append("two", to: "out-1")
        try awaitOutput("one\ntwo")
        #expect(process.isRunning)
        try append(" end\n", to: "out-1")
        try queue.end(attempt, exitCode: 3)
        process.waitUntilExit()
        #expect(process.terminationStatus == 3)
        #expect(queue.text("followed.out") == "one\ntwo end\n")
        #expect(queue.text("followed.err") == "")
    }

    @Test func `follow goes on with the file that the job has put in place of another`() throws {
        let job = try queue.submit { $0.outputPattern = "out" }
        let process = try follow("\(job)")
        let attempt = try queue.start(job)
        try append("old\n", to: "out")
        try awaitOutput("old\n")
        queue.write("next", "a longer text\n")
        #expect(rename("\(queue.path)/next", "\(queue.path)/out") == 0)
        try awaitOutput("old\na longer text\n")
        try queue.end(attempt)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `follow prints all of a job that is over, byte by byte`() throws {
        let text = String(repeating: "0123456789\u{1B}[m\n", count: 20_000)
        queue.write("slurm-1.out", text)
        let job = try queue.finished()
        let process = try follow("\(job)")
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(queue.text("followed.out") == text)
    }

    @Test func `a job that was ended by a signal gives 128 and its number`() throws {
        let job = try queue.submit()
        try queue.end(queue.start(job), .cancelled, signal: 15)
        #expect(try queue.run("queue", "-f", "\(job)").status == 143)
    }

    @Test func `a job that was cancelled before it ran gives 1`() throws {
        let job = try queue.submit()
        try queue.run("cancel", "\(job)")
        #expect(try queue.run("queue", "-f", "\(job)").status == 1)
    }

    @Test func `one task of an array is followed, before and after its start`() throws {
        let array = try queue.submitArray("3-4")
        let process = try follow("\(array)_3")
        let attempt = try queue.start(array)
        queue.write("slurm-\(array)_3.out", "three\n")
        try awaitOutput("three\n")
        try queue.end(attempt, exitCode: 2)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
    }

    @Test func `an array as a whole is not followed`() throws {
        let array = try queue.submitArray("3-4")
        for reference in ["\(array)", "\(array)_[3-4]"] {
            let run = try queue.run("queue", "-f", reference)
            #expect(run.status == 64)
            #expect(
                run.errors == "queue: \(reference) is more than one task; follow one, such as 1_3\n"
            )
        }
    }

    /// Makes a file older than everything that the test does from now on.
    private func age(_ name: String) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -60)],
            ofItemAtPath: "\(queue.path)/\(name)"
        )
    }

    @Test func `what an earlier job left in the file is not shown`() throws {
        queue.write("slurm-1.out", "old\n")
        try age("slurm-1.out")
        let job = try queue.submit()
        try queue.end(queue.start(job), .launchFailed)
        let run = try queue.run("queue", "-f", "\(job)")
        #expect(run.output == "" && run.status == 1)
    }

    @Test func `a job that runs again is followed from its file's new beginning`() throws {
        let job = try queue.submit()
        let first = try queue.start(job)
        queue.write("slurm-1.out", "first\n")
        let process = try follow("\(job)")
        try awaitOutput("first\n")
        try age("slurm-1.out")
        try queue.store.write {
            _ = try queue.store.putBack(
                first,
                Outcome(cause: .requeued, endedAt: queue.now),
                begin: nil,
                isHeld: false,
                countsAsRestart: true,
                at: queue.now
            )
        }
        let second = try queue.start(job)
        queue.write("slurm-1.out", "second, longer\n")
        try awaitOutput("first\nsecond, longer\n")
        try queue.end(second)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
