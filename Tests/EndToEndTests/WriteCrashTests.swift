import Foundation
import Glibc
import JobModel
import Testing

/// The tracer that makes system calls fail (strace(1)).
enum Strace {
    /// Where it is; nil where it is not installed.
    static let path: String? = ["/usr/bin/strace", "/bin/strace"].first { access($0, X_OK) == 0 }
}

extension EndToEnd {
    /// `schedd` killed at every one of its system calls that change something, or failing there,
    /// on the way of one job.
    @Suite(.enabled(if: Strace.path != nil, "strace is not installed"))
    struct WriteCrashTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        /// Runs a job under a `schedd` to whose n-th call of a kind something happens, then under
        /// an untouched one; whether it came to that call.
        private func run(_ call: String, _ fault: String, at number: Int) throws -> Bool {
            let place = "\(call) \(number)"
            let id = try queue.job(
                "-o",
                "/dev/null",
                "--wrap",
                "echo x >> ran.$SLURM_JOB_ID; exit 3"
            )
            let trace = queue.path + "/trace"
            unlink(trace)
            let strace = try #require(Strace.path)
            let traced = try queue.start(
                [strace, "-o", trace, "-e", "trace=\(call)"]
                    + ["-e", "inject=\(call):\(fault):when=\(number)"] + queue.daemonWords
            )
            defer { traced.end() }
            try queue.wait(until: "\(place): the job or schedd has ended") {
                try traced.hasEnded || queue.store.end(of: id) != nil
            }
            if !traced.hasEnded {
                _ = try queue.run([TestQueue.programs + "/schedd", "--stop"])
                try queue.wait(until: "\(place): schedd has ended") { traced.hasEnded }
            }
            try queue.awaitDaemon()
            let record = try queue.end(id)
            try queue.stopDaemon()
            #expect(record.state == .failed && record.exitCode == 3, "\(place): \(record)")
            #expect(queue.lines("ran.\(id)") == ["x"], "\(place)")
            #expect(queue.spooled.isEmpty, "\(place)")
            let said = queue.text(trace)
            return said.contains("killed by SIGKILL") || said.contains("INJECTED")
        }

        private func runAll(_ call: String, _ fault: String, atLeast least: Int) throws {
            for number in 1...200 {
                guard try run(call, fault, at: number) else {
                    #expect(number > least, "\(call) was called only \(number - 1) times")
                    return
                }
            }
            Issue.record("\(call) is called more than 200 times")
        }

        @Test(
            arguments: [
                ("write", 4), ("pwrite64", 8), ("fdatasync", 3), ("unlinkat", 1), ("mkdirat", 1),
                ("renameat", 1), ("clone", 1), ("fallocate", 1), ("flock", 2),
            ]
        )
        func `a job runs once where schedd is killed at any call`(_ call: String, _ least: Int)
            throws
        {
            try runAll(call, "signal=KILL", atLeast: least)
        }

        @Test(arguments: [
            ("pwrite64", "ENOSPC", 8), ("fdatasync", "EIO", 3), ("clone", "EAGAIN", 1),
        ])
        func `a job runs once where a call of schedd fails`(
            _ call: String,
            _ error: String,
            _ least: Int
        ) throws {
            try runAll(call, "error=\(error)", atLeast: least)
        }
    }
}
