import Foundation
import Glibc
import JobModel
import Linux
import Testing

extension EndToEnd {
    /// What the configuration says, as jobs feel it.
    struct ConfigurationTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        @Test func `schedd needs no configuration`() throws {
            queue.configuration = ""
            try queue.awaitDaemon()
            #expect(try queue.end(try queue.job("true")).state == .completed)
        }

        @Test func `a job that asks for no time has the configured limit`() throws {
            queue.configuration = "default_time = \"0:01\"\nunit = \"thread\"\n"
            try queue.awaitDaemon()
            #expect(try queue.end(try queue.blocker("never")).state == .timeout)
            #expect(try queue.end(try queue.job("-t", "5", "sleep", "1.2")).state == .completed)
        }

        @Test func `a job that asks for no memory books the configured amount`() throws {
            queue.configuration = "def_mem_per_cpu = \"16M\"\nunit = \"thread\"\n"
            try queue.awaitDaemon()
            let plain = try queue.end(try queue.job("-c", "2", "true"))
            #expect(plain.allocation?.memory.bytes == 32 << 20)
            let asked = try queue.end(try queue.job("--mem=5M", "true"))
            #expect(asked.allocation?.memory.bytes == 5 << 20)
        }

        @Test func `jobs run again where the configuration says so`() throws {
            queue.configuration = "job_requeue = true\n"
            try queue.awaitDaemon()
            let id = try queue.blocker("go")
            try queue.wait(until: "it runs") { queue.lines("started").count == 1 }
            for member in try queue.members() where member.isSupervisor {
                try queue.kill(member.status.identity)
            }
            try queue.wait(until: "it runs again") { queue.lines("started").count == 2 }
            queue.touch("go")
            #expect(try queue.end(id).restarts == 1)
        }

        @Test func `how soon a job's processes go when memory runs out is configured`() throws {
            queue.configuration = "oom_score_adj = 300\n"
            try queue.awaitDaemon()
            try queue.end(try queue.job("-o", "out", "cat", "/proc/self/oom_score_adj"))
            #expect(queue.text("out") == "300\n")
        }

        /// Lets jobs of 30, 10 and 20 minutes wait for the whole machine, of which the first has
        /// the highest priority; returns the one that has it, and the last.
        private func waitInLine() throws -> (blocker: JobID, jobs: [JobID]) {
            let blocker = try queue.blocker("go", "-c", "2")
            try queue.awaitState(.running, of: blocker)
            var jobs: [JobID] = []
            for (minutes, nice) in [("30", "5"), ("10", "9"), ("20", "0")] {
                let line = "echo \(minutes) >> order"
                jobs.append(
                    try queue.job("-c", "2", "-t", minutes, "--nice=\(nice)", "--wrap", line)
                )
            }
            return (blocker, jobs)
        }

        @Test(arguments: [
            ("fifo", ["30", "10", "20"]), ("sjf", ["10", "20", "30"]), ("saf", ["10", "20", "30"]),
            ("wfp3", ["10", "20", "30"]), ("unicep", ["10", "20", "30"]),
            ("f1", ["10", "20", "30"]), ("greedy", ["10", "20", "30"]),
            ("multifactor", ["20", "30", "10"]),
        ])
        func `jobs start in the order of the policy`(_ policy: String, _ order: [String]) throws {
            queue.configuration = "unit = \"thread\"\npolicy = \"\(policy)\"\n"
            try queue.awaitDaemon()
            let waiting = try waitInLine()
            if policy == "wfp3" || policy == "unicep" {
                // They count in whole seconds, and among equals the first to come goes first.
                let last = try queue.record(waiting.jobs[2]).submitted.microseconds
                try queue.wait(until: "all have waited for two seconds") {
                    Clock.realtimeMicroseconds >= last + 2_000_000
                }
            }
            queue.touch("go")
            for job in waiting.jobs { try queue.end(job) }
            #expect(queue.lines("order") == order)
        }

        @Test func `the weights of the configuration order the jobs`() throws {
            queue.configuration = "unit = \"thread\"\npriority_weight_job_size = 1000\n"
            try queue.awaitDaemon()
            let blocker = try queue.blocker("go", "-c", "2")
            try queue.awaitState(.running, of: blocker)
            let jobs = try ["1", "2"].map {
                try queue.job("-c", $0, "--wrap", "echo \($0) >> order")
            }
            queue.touch("go")
            for job in jobs { try queue.end(job) }
            #expect(queue.lines("order") == ["2", "1"])
        }

        @Test func `the policy changes while jobs wait`() throws {
            queue.configuration = "unit = \"thread\"\npolicy = \"fifo\"\n"
            try queue.awaitDaemon()
            let waiting = try waitInLine()
            try reconfigure(
                "unit = \"thread\"\npolicy = \"sjf\"\nbackfill = \"conservative\"\n",
                says: "the configuration is read anew"
            )
            queue.touch("go")
            for job in waiting.jobs { try queue.end(job) }
            #expect(queue.lines("order") == ["10", "20", "30"])
        }

        /// Changes the configuration and runs `control reconfigure`.
        private func reconfigureByControl(_ text: String) throws -> TestQueue.Run {
            queue.configuration = text
            _ = queue.configurationWords
            return try queue.run([TestQueue.programs + "/control", "reconfigure"])
        }

        @Test func `control reconfigure changes the policy while jobs wait`() throws {
            queue.configuration = "unit = \"thread\"\npolicy = \"fifo\"\n"
            try queue.awaitDaemon()
            let waiting = try waitInLine()
            let run = try reconfigureByControl("unit = \"thread\"\npolicy = \"sjf\"\n")
            #expect(run.exitCode == 0 && run.errors.isEmpty)
            #expect(run.output.hasPrefix("the configuration is read anew: 2 CPUs ("))
            queue.touch("go")
            for job in waiting.jobs { try queue.end(job) }
            #expect(queue.lines("order") == ["10", "20", "30"])
        }

        @Test func `control reconfigure tells a mistake, and then that it is mended`() throws {
            queue.configuration = "def_mem_per_cpu = \"16M\"\nunit = \"thread\"\n"
            try queue.awaitDaemon()
            let file = queue.path + "/schedd.toml"
            for line in 1...2 {
                let wrong = String(repeating: "\n", count: line - 1) + "unit = \"furlong\"\n"
                let run = try reconfigureByControl(wrong)
                #expect(run.exitCode == 78 && run.output.isEmpty && queue.isOneLine(run.errors))
                #expect(run.errors.hasPrefix("control: \(file):\(line): unit: \"core\" or"))
                #expect(run.errors.hasSuffix("; the configuration stays as it was\n"))
            }
            let job = try queue.end(try queue.job("-c", "2", "true"))
            #expect(job.allocation?.memory.bytes == 32 << 20)
            let mended = try reconfigureByControl("unit = \"thread\"\n")
            #expect(mended.exitCode == 0 && mended.errors.isEmpty)
            #expect(try queue.end(try queue.job("true")).allocation?.memory.bytes == 0)
        }

        @Test func `a schedd that was killed is not told to read its configuration`() throws {
            try queue.awaitDaemon()
            queue.killDaemon()
            let run = try reconfigureByControl("")
            #expect(run.exitCode == 1)
            #expect(run.errors == "control: no schedd runs for \(queue.home)\n")
        }

        @Test(arguments: [
            ("policy = \"lifo\"", "\"fifo\", \"sjf\""),
            ("policy = \"srtf\"\nbackfill = \"conservative\"", "policy 'srtf' cannot keep"),
            ("policy = \"greedy\"\nbackfill = \"easy\"", "schedd.toml:2: policy 'greedy'"),
            ("max_wait = 7", "max_wait: a time"),
        ])
        func `a policy that makes no sense is refused`(_ text: String, _ words: String) throws {
            queue.configuration = text
            try queue.startDaemon()
            try queue.wait(until: "schedd has ended") { queue.daemon?.hasEnded ?? true }
            #expect(queue.daemon?.exitCode == 78 && queue.log.contains(words), "\(queue.log)")
        }

        /// Sends SIGHUP and waits until the log says what came of it.
        private func reconfigure(_ text: String, says words: String) throws {
            queue.configuration = text
            _ = queue.configurationWords
            queue.daemon?.send(SIGHUP)
            try queue.wait(until: words) { queue.log.contains(words) }
        }

        @Test func `a changed configuration holds after SIGHUP, and what runs goes on`() throws {
            queue.configuration = "unit = \"thread\"\n"
            try queue.awaitDaemon()
            let running = try queue.blocker("go")
            try queue.awaitState(.running, of: running)
            #expect(try queue.submit(["--gpus=1", "true"]).exitCode != 0)
            try reconfigure(
                "unit = \"thread\"\ndefault_time = \"0:01\"\n[[gpu]]\ntype = \"a100\"\n",
                says: "the configuration is read anew"
            )
            #expect(try queue.end(try queue.job("--gpus=1", "true")).gpus.count == 1)
            #expect(try queue.end(try queue.blocker("never")).state == .timeout)
            #expect(try queue.record(running).state == .running)
            queue.touch("go")
            #expect(try queue.end(running).state == .completed)
        }

        @Test func `a mistake in a changed configuration changes nothing`() throws {
            queue.configuration = "def_mem_per_cpu = \"16M\"\nunit = \"thread\"\n"
            try queue.awaitDaemon()
            try reconfigure("unit = \"furlong\"\n", says: "the configuration stays as it was")
            #expect(queue.log.contains("schedd.toml:1: unit: \"core\" or \"thread\" is expected"))
            let job = try queue.end(try queue.job("-c", "2", "true"))
            #expect(job.allocation?.memory.bytes == 32 << 20)
        }

        @Test func `the service manager is told when schedd is ready`() throws {
            let path = queue.path + "/notify"
            let number = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
            let listener = Descriptor(owning: number)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(listener.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(bound == 0)
            try queue.startDaemon(adding: ["NOTIFY_SOCKET": path])
            var message = [UInt8](repeating: 0, count: 64)
            var count = 0
            try queue.wait(until: "it is ready") {
                count = recv(listener.number, &message, message.count, CInt(MSG_DONTWAIT))
                return count > 0
            }
            #expect(message.prefix(max(0, count)) == Array("READY=1".utf8)[...])
            #expect(try queue.submit(["true"]).errors.isEmpty)
        }

        @Test func `submit never waits for a schedd that is stopped`() throws {
            try queue.awaitDaemon()
            try queue.end(try queue.job("true"))
            // Not in the middle of a transaction: nothing is to be done for some seconds now.
            try queue.wait(until: "schedd has done all that there is to do") {
                let applied = try queue.store.appliedSequence()
                let status = queue.daemon.flatMap { ProcessStatus(of: $0.pid) }
                return try queue.store.journal(after: applied).isEmpty
                    && status?.state == UInt8(ascii: "S")
            }
            queue.daemon?.send(SIGSTOP)
            let jobs = try (0..<30).map { _ in
                let run = try queue.submit(["--parsable", "true"])
                #expect(run.exitCode == 0 && run.errors.isEmpty)
                return JobID(rawValue: try #require(Int64(run.output.dropLast())))
            }
            queue.daemon?.send(SIGCONT)
            for id in jobs { #expect(try queue.end(id).state == .completed) }
        }
    }
}
