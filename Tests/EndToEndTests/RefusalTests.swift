import Foundation
import Glibc
import JobModel
import Testing

extension EndToEnd {
    /// What is refused: one line that says what was wrong, the status of the manual page, and a queue
    /// that is as it was.
    struct RefusalTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        private static let mistakes: [(words: [String], status: CInt, hint: String)] = [
            (["-c", "0", "true"], 64, "'0'"), (["-c", "x", "true"], 64, "'x'"),
            (["--mem=12Q", "true"], 64, "'12Q'"), (["-t", "5m", "true"], 64, "'5m'"),
            (["-a", "3-1", "true"], 64, "'3-1'"), (["-a", "1-5:0", "true"], 64, "'1-5:0'"),
            (["-d", "afterok:", "true"], 64, "'afterok:'"),
            (["-d", "sometime:1", "true"], 64, "'sometime:1'"), (["--foo", "true"], 64, "--foo"),
            (["-J"], 64, "-J"), (["--nice=x", "true"], 64, "'x'"),
            (["-G", "gpu:x", "true"], 64, "'gpu:x'"),
            (["--wrap", "true", "more"], 64, "'more'"),
            (["nowhere-to-be-found"], 1, "'nowhere-to-be-found'"),
            (["./missing.sh"], 1, "./missing.sh"), (["./empty.sh"], 1, "empty.sh"),
            (["./large.sh"], 1, "large.sh"), (["./text"], 1, "./text"), (["."], 1, "'.'"),
            (["-D", "missing", "true"], 1, "missing"), (["-D", "text", "true"], 1, "text"),
            (["-o", "missing/%j", "true"], 1, "missing"),
            (["-e", "missing/%j", "true"], 1, "missing"),
            (["-d", "afterok:99", "true"], 1, "99"),
        ]

        @Test(arguments: mistakes)
        func `a mistake is told on one line and leaves the queue alone`(
            _ words: [String],
            _ status: CInt,
            _ hint: String
        ) throws {
            queue.write("empty.sh", "")
            queue.write("text", "no script\n")
            queue.write("large.sh", script(of: Self.longest + 1))
            let run = try queue.submit(words)
            #expect(run.exitCode == status, "\(run)")
            #expect(run.output.isEmpty)
            #expect(queue.isOneLine(run.errors), "\(run.errors)")
            #expect(run.errors.hasPrefix("submit: ") && run.errors.contains(hint), "\(run.errors)")
            if access(queue.home + "/queue.db", F_OK) == 0 {
                #expect(try queue.allRecords().isEmpty)
                #expect(try queue.store.journal(after: 0).isEmpty)
            }
        }

        /// The longest script that is taken, in bytes.
        private static let longest = 4 << 20

        private func script(of size: Int) -> String {
            let start = "#!/bin/sh\necho short; exit\n"
            return start + String(repeating: "#", count: size - start.utf8.count - 1) + "\n"
        }

        @Test func `a script of just under the limit is taken, from a file or from a pipe`() throws
        {
            let longest = script(of: Self.longest)
            queue.write("job.sh", longest)
            let file = try queue.job("job.sh")
            let input = try queue.job(input: longest)
            try queue.awaitDaemon()
            for id in [file, input] {
                #expect(try queue.end(id).state == .completed)
                #expect(queue.text("slurm-\(id).out") == "short\n")
            }
            let run = try queue.submit([], input: script(of: Self.longest + 1))
            #expect(run.exitCode == 1 && queue.isOneLine(run.errors))
            #expect(try queue.allRecords().count == 2)
        }

        // MARK: The queue's own files

        private static let commands = [
            ["submit", "true"], ["queue"], ["cancel", "1"], ["control", "hold", "1"], ["history"],
            ["schedd"],
        ]

        /// Runs a program as somebody who is not root, who owns the state folder.
        private func run(_ words: [String]) throws -> TestQueue.Run {
            let program = [TestQueue.programs + "/" + words[0]] + words.dropFirst()
            guard geteuid() == 0 else { return try queue.run(program) }
            chmod(queue.path, 0o711)
            chown(queue.home, 12_345, 12_345)
            let user = ["--reuid=12345", "--regid=12345", "--clear-groups"]
            return try queue.run(["/usr/bin/setpriv"] + user + program)
        }

        @Test(
            .enabled(
                if: geteuid() != 0 || access("/usr/bin/setpriv", X_OK) == 0,
                "setpriv is not installed"
            ),
            arguments: commands
        )
        func `a queue that may not be read is refused and kept`(_ words: [String]) throws {
            _ = try queue.job("true")
            queue.closeStore()
            let file = queue.home + "/queue.db"
            let before = queue.text(file)
            chmod(file, 0o000)
            let run = try run(words)
            chmod(file, 0o600)
            chown(queue.home, geteuid(), getegid())
            #expect(run.exitCode == 69 && run.output.isEmpty, "\(run)")
            #expect(queue.isOneLine(run.errors) && run.errors.contains(file), "\(run.errors)")
            #expect(run.errors.contains("permissions"), "\(run.errors)")
            #expect(queue.text(file) == before)
            #expect(try queue.allRecords().count == 1)
        }
    }
}
