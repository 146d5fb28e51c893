import Foundation
import Glibc
import JobModel
import Testing

extension EndToEnd {
    /// What becomes a job, and when it is looked at.
    struct SubmissionTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        @Test func `submit says the number of the job`() throws {
            try queue.awaitDaemon()
            let told = try queue.submit(["true"])
            #expect(told.output == "Submitted batch job 1\n")
            #expect(told.exitCode == 0 && told.errors.isEmpty)
            let bare = try queue.submit(["--parsable", "true"])
            #expect(bare.output == "2\n")
            #expect(bare.exitCode == 0 && bare.errors.isEmpty)
        }

        @Test func `a script runs as it was when it was submitted`() throws {
            queue.write("job.sh", "#!/bin/sh\necho before\n")
            let id = try queue.job("./job.sh")
            queue.write("job.sh", "#!/bin/sh\necho after\n")
            try queue.awaitDaemon()
            #expect(try queue.end(id).state == .completed)
            #expect(queue.text("slurm-\(id).out") == "before\n")
        }

        @Test func `a script need not be executable and is found in the current folder`() throws {
            queue.write("job.sh", "#!/bin/sh\necho found\n", mode: 0o600)
            try queue.awaitDaemon()
            let id = try queue.job("job.sh")
            let record = try queue.end(id)
            #expect(record.state == .completed && record.name == "job.sh")
            #expect(queue.text("slurm-\(id).out") == "found\n")
        }

        static let words = ["a b", "", "$HOME", "'q'", "\"", "*", "-n", "a\nb", "\\", "é"]

        @Test func `the arguments of a command reach it as they were given`() throws {
            try queue.awaitDaemon()
            let run = try queue.submit(["--parsable", "/usr/bin/printf", "<%s>\n"] + Self.words)
            let id = JobID(rawValue: try #require(Int64(run.output.dropLast())))
            #expect(try queue.end(id).state == .completed)
            let expected = Self.words.map { "<\($0)>\n" }.joined()
            #expect(queue.text("slurm-\(id).out") == expected)
        }

        @Test func `the arguments of a script reach it as they were given`() throws {
            queue.write("job.sh", "#!/bin/sh\nprintf '<%s>\\n' \"$@\"\n")
            try queue.awaitDaemon()
            let run = try queue.submit(["--parsable", "./job.sh"] + Self.words)
            let id = JobID(rawValue: try #require(Int64(run.output.dropLast())))
            #expect(try queue.end(id).state == .completed)
            let expected = Self.words.map { "<\($0)>\n" }.joined()
            #expect(queue.text("slurm-\(id).out") == expected)
        }

        @Test func `a command is looked for on the path of its submitter`() throws {
            mkdir(queue.work + "/bin", 0o755)
            queue.write("bin/mine", "#!/bin/sh\necho mine\n", mode: 0o755)
            try queue.awaitDaemon()
            let variables = ["PATH": queue.work + "/bin:/usr/bin:/bin"]
            let id = try queue.job("--export=NONE", "mine", adding: variables)
            #expect(try queue.end(id).state == .completed)
            #expect(queue.text("slurm-\(id).out") == "mine\n")
        }

        @Test func `a script comes from standard input`() throws {
            try queue.awaitDaemon()
            let id = try queue.job(
                input: "#!/bin/bash\n#SBATCH -J fed\necho ${BASH_VERSION:+bash}\n"
            )
            let record = try queue.end(id)
            #expect(record.state == .completed && record.name == "fed")
            #expect(queue.text("slurm-\(id).out") == "bash\n")
        }

        @Test func `a wrapped line is run by the shell`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("--wrap", "echo one; echo two | cat")
            let record = try queue.end(id)
            #expect(record.state == .completed && record.name == "wrap")
            #expect(queue.text("slurm-\(id).out") == "one\ntwo\n")
        }

        @Test func `options in the script count and the command line wins`() throws {
            queue.write(
                "job.sh",
                """
                #!/bin/sh
                #SBATCH --job-name=inside --output=out-%x-%j
                #SBATCH -c 2
                echo $SLURM_CPUS_PER_TASK

                """
            )
            try queue.awaitDaemon()
            let plain = try queue.job("job.sh")
            let other = try queue.job("-J", "outside", "-c", "1", "job.sh")
            #expect(try queue.end(plain).name == "inside")
            #expect(try queue.end(other).name == "outside")
            #expect(queue.text("out-inside-\(plain)") == "2\n")
            #expect(queue.text("out-outside-\(other)") == "1\n")
        }

        @Test func `a job waits in the queue until schedd runs, and submit says so`() throws {
            let run = try queue.submit(["--parsable", "true"])
            #expect(run.exitCode == 0 && run.output == "1\n")
            #expect(run.errors.contains("no schedd runs") && queue.isOneLine(run.errors))
            let id = JobID(rawValue: 1)
            #expect(try queue.record(id).state == .pending)
            try queue.awaitDaemon()
            #expect(try queue.end(id).state == .completed)
        }

        @Test func `many may submit at once to a queue that is not there yet`() throws {
            let words = [TestQueue.programs + "/submit", "--parsable", "true"]
            let all = try (0..<12).map { _ in try queue.start(words) }
            defer { for one in all { one.end() } }
            try queue.wait(until: "all have ended") { all.allSatisfy(\.hasEnded) }
            #expect(all.allSatisfy { $0.exitCode == 0 })
            let numbers = queue.log.split(separator: "\n").compactMap { Int($0) }
            #expect(numbers.sorted() == Array(1...12))
            #expect(try queue.allRecords().count == 12)
        }

        @Test(
            arguments: [
                ["-c", "3", "true"], ["-n", "2", "-c", "2", "true"], ["--mem=900T", "true"],
                ["-G", "4", "true"], ["--gres=gpu:h100:1", "true"], ["-d", "afterok:99", "true"],
            ]
        )
        func `what can never be is refused at once`(_ words: [String]) throws {
            try queue.awaitDaemon()
            let run = try queue.submit(words)
            #expect(run.exitCode == 1 && run.output.isEmpty)
            #expect(queue.isOneLine(run.errors))
            #expect(try queue.allRecords().isEmpty)
        }

        @Test func `a job whose number cannot be told is queued all the same`() throws {
            let submit = TestQueue.programs + "/submit"
            let full = try queue.run(["/bin/sh", "-c", "exec \(submit) -H true > /dev/full"])
            #expect(full.exitCode == 74)
            #expect(full.errors.contains("job 1 is queued"))
            let line = "(\(submit) -H true; echo $? > status) | :; wait"
            _ = try queue.run(["/bin/sh", "-c", line])
            #expect(queue.text("status") == "0\n")
            #expect(try queue.allRecords().count == 2)
        }

        @Test func `more memory than can be counted is more than the machine has`() throws {
            // No schedd has told of the machine yet, so that it is not refused.
            let words = ["--mem-per-cpu=8000000T", "-c", "1000000", "true"]
            #expect(try queue.submit(words).exitCode == 0)
            try queue.awaitDaemon()
            try queue.awaitReason(.partitionConfig, of: JobID(rawValue: 1))
            #expect(try queue.submit(words).exitCode == 1)
            #expect(try queue.end(try queue.job("true")).state == .completed)
        }

        @Test(arguments: [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 1)] as [(String, CInt)])
        func `submit that waits ends as the job does`(_ line: String, _ code: CInt) throws {
            try queue.awaitDaemon()
            let run = try queue.submit(["--wait", "--wrap", line])
            #expect(run.exitCode == code)
            #expect(run.output == "Submitted batch job 1\n")
        }

        @Test func `submit that waits for an array ends with the highest status of its tasks`()
            throws
        {
            try queue.awaitDaemon()
            let words = [
                "--wait", "--array=1-3", "--wrap", "exit $((SLURM_ARRAY_TASK_ID % 3 * 2))",
            ]
            #expect(try queue.submit(words).exitCode == 4)
        }

        @Test func `a name may be any bytes`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("-J", "wide 😀 \u{1B}[31m", "true")
            let record = try queue.end(id)
            #expect(record.state == .completed)
            #expect(record.name.string == "wide 😀 \u{1B}[31m")
        }
    }
}

extension TestQueue {
    func isOneLine(_ text: String) -> Bool {
        text.hasSuffix("\n") && !text.dropLast().contains("\n")
    }
}
