import Foundation
import Glibc
import JobModel
import SQLite
import Testing

@testable import QueueStore

struct PagerTests {
    @Test func `a listing that nobody takes does not keep the queue from being tidied`() throws {
        let queue = try ToolQueue()
        let name = ByteString([UInt8](repeating: 0x6E, count: 500))
        for _ in 0..<300 { try queue.submit(name) }
        let process = try queue.process(["queue", "-o", "%500j"], [:], output: "run")
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        defer {
            // Signals that the test runner blocks are blocked here, too.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        // As with a pager that was stopped: the pipe is full, the listing is not all written.
        try queue.wait(until: "it is stuck") {
            var count: CInt = 0
            #expect(ioctl(pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &count) == 0)
            return count >= 65_536
        }
        #expect(process.isRunning)
        let checkpoint = try Checkpoint(path: queue.store.folder.database)
        try queue.submit()
        #expect(try checkpoint.run() == 0)
        #expect(process.isRunning)
    }
}
