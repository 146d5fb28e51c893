import Foundation
import Glibc
import JobModel
import Linux
import SQLite
import Testing

@testable import QueueStore
@testable import Supervision

extension EndToEnd {
    /// `schedd` itself: its start, its end, and what it finds.
    struct DaemonTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        private var schedd: String { TestQueue.programs + "/schedd" }

        /// Runs `schedd` where it is to refuse.
        private func refusal(_ words: [String] = []) throws -> TestQueue.Run {
            let run = try queue.run([schedd] + queue.configurationWords + words)
            #expect(run.exitCode != 0 && run.exitCode != nil)
            return run
        }

        @Test func `a second schedd is refused and names the first`() throws {
            try queue.awaitDaemon()
            let pid = try #require(queue.daemon?.pid)
            let run = try refusal()
            #expect(run.exitCode == 1)
            #expect(run.errors.contains("pid \(pid)") && queue.isOneLine(run.errors))
            #expect(try queue.end(try queue.job("true")).state == .completed)
        }

        @Test func `of several that start at once one runs`() throws {
            let jobs = try (0..<5).map { _ in try queue.job("--wrap", "echo x >> ran") }
            let all = try (0..<6).map { _ in try queue.start(queue.daemonWords) }
            defer { for one in all { one.end() } }
            for id in jobs { #expect(try queue.end(id).state == .completed) }
            try queue.wait(until: "all but one have given up") {
                all.filter(\.hasEnded).count == 5
            }
            #expect(all.compactMap(\.exitCode) == [1, 1, 1, 1, 1])
            #expect(queue.lines("ran").count == 5)
        }

        @Test func `another schedd on the machine is warned of`() throws {
            try queue.awaitDaemon()
            let pid = try #require(queue.daemon?.pid)
            let home = queue.path + "/other home"
            let other = try queue.start(queue.daemonWords, home: home)
            defer { other.end() }
            try queue.wait(until: "it is warned of") {
                queue.log.contains("another schedd (pid \(pid), state folder \(queue.home))")
            }
            try queue.wait(until: "it runs all the same") {
                queue.log.contains("schedd runs for \(home)")
            }
            queue.killDaemon()
            try queue.awaitDaemon()
            #expect(queue.log.contains("another schedd (pid \(other.pid), state folder \(home))"))
        }

        @Test func `jobs run on when schedd is told to stop`() throws {
            try queue.awaitDaemon()
            let id = try queue.blocker("go")
            try queue.wait(until: "it runs") { queue.exists("started") }
            try queue.stopDaemon()
            #expect(try queue.members().contains { !$0.isSupervisor })
            #expect(try queue.record(id).state == .running)
            queue.touch("go")
            try queue.wait(until: "it has ended") { try queue.members().isEmpty }
            try queue.awaitDaemon()
            #expect(try queue.end(id).state == .completed)
        }

        @Test(arguments: [true, false])
        func `a job that ends while schedd is away is told in full`(_ isKilled: Bool) throws {
            try queue.awaitDaemon()
            let line = "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; exit 7"
            let id = try queue.job(input: TestQueue.waiting(for: "go", then: line))
            try queue.wait(until: "it runs") { queue.exists("started") }
            if isKilled { queue.killDaemon() } else { try queue.stopDaemon() }
            queue.touch("go")
            try queue.wait(until: "it has ended") { try queue.members().isEmpty }
            let ended = Clock.realtimeMicroseconds
            try queue.awaitDaemon()
            let record = try queue.end(id)
            #expect(record.state == .failed && record.exitCode == 7 && record.attempts == 1)
            #expect(try #require(record.cpuMicroseconds) > 1_000)
            #expect(try #require(record.maxRSSBytes) > 100_000)
            #expect(try #require(record.ended).microseconds <= ended)
            try queue.wait(until: "the spool is empty") { queue.spooled.isEmpty }
        }

        @Test func `a job that runs is adopted and keeps its CPUs`() throws {
            try queue.awaitDaemon()
            let id = try queue.blocker("go", "-c", "1")
            try queue.wait(until: "it runs") { queue.exists("started") }
            let held = try #require(try queue.record(id).allocation?.cpus)
            queue.killDaemon()
            try queue.awaitDaemon()
            let big = try queue.job("-c", "2", "true")
            let small = try queue.job("-t", "1", "-c", "1", "true")
            try queue.awaitReason(.resources, of: big)
            try queue.cancel(big)
            #expect(try queue.end(small).allocation?.cpus.isDisjoint(with: held) == true)
            queue.touch("go")
            let record = try queue.end(id)
            #expect(record.state == .completed && record.attempts == 1)
            #expect(queue.lines("started") == ["\(id)"])
        }

        @Test func `a job whose supervisor is killed ends as NODE_FAIL, or runs again`() throws {
            try queue.awaitDaemon()
            let script = TestQueue.waiting(for: "go", then: "echo done >> done")
            let lost = try queue.job("--no-requeue", input: script)
            let again = try queue.job("--requeue", input: script)
            try queue.wait(until: "both run") { queue.lines("started").count == 2 }
            for member in try queue.members() where member.isSupervisor {
                try queue.kill(member.status.identity)
            }
            let record = try queue.end(lost)
            #expect(record.state == .nodeFail && record.reason == .nodeFail)
            try queue.wait(until: "it runs again") { queue.lines("started").count == 3 }
            queue.touch("go")
            let other = try queue.end(again)
            #expect(other.state == .completed && other.restarts == 1)
            #expect(queue.lines("done") == ["done"])
            #expect(queue.lines("started").last == "\(again)")
        }

        @Test func `a job whose supervisor cannot start is held after three attempts`() throws {
            let folder = queue.path + "/alone"
            mkdir(folder, 0o755)
            try FileManager.default.copyItem(atPath: schedd, toPath: folder + "/schedd")
            let daemon = try queue.start([folder + "/schedd"] + queue.configurationWords)
            defer { daemon.end() }
            let id = try queue.job("true")
            try queue.awaitReason(.jobLaunchFailure, of: id)
            #expect(try queue.record(id).state == .pending)
            #expect(try queue.record(id).attempts == 3)
            daemon.end()
            try queue.awaitDaemon()
            try queue.release(id)
            #expect(try queue.end(id).state == .completed)
        }

        @Test func `a job is not held for launches that schedd's end cut off`() throws {
            let id = try queue.job("--wrap", "echo x >> ran")
            for attempt in 1...4 {
                try queue.startDaemon(adding: ["SLUICE_CRASH_POINT": "recordLocked"])
                try queue.wait(until: "schedd has died") { queue.daemon?.hasEnded ?? true }
                #expect(try queue.record(id).attempts == attempt)
            }
            try queue.awaitDaemon()
            let record = try queue.end(id)
            #expect(record.state == .completed && record.attempts == 5 && record.restarts == 0)
            #expect(queue.lines("ran") == ["x"])
        }

        @Test func `a configuration that keeps back every CPU is refused`() throws {
            let all = queue.text("/sys/devices/system/cpu/present").dropLast()
            queue.configuration = "core_spec_cpus = \"\(all)\""
            let run = try refusal()
            #expect(run.exitCode == 78 && queue.isOneLine(run.errors), "\(run)")
            #expect(run.errors.contains("core_spec_cpus: \(all) are all CPUs"))
        }

        @Test func `a CPU that the machine does not have cannot be kept back`() throws {
            queue.configuration = "core_spec_cpus = \"8191\""
            let run = try refusal()
            #expect(run.exitCode == 78 && queue.isOneLine(run.errors), "\(run)")
            #expect(run.errors.contains("core_spec_cpus: this machine has no CPU 8191; it has 0"))
        }

        @Test func `schedd in the background is ready when the command returns`() throws {
            let run = try queue.run([schedd, "--background"] + queue.configurationWords)
            #expect(run.exitCode == 0 && run.errors.isEmpty)
            let submitted = try queue.submit(["true"])
            #expect(submitted.errors.isEmpty)
            try queue.end(JobID(rawValue: 1))
            let stop = try queue.run([schedd, "--stop"])
            #expect(stop.exitCode == 0 && stop.errors.isEmpty)
            #expect(!Doorbell.ring(folder: queue.home))
            #expect(try queue.run([schedd, "--stop"]).exitCode == 1)
        }

        @Test(arguments: [["--backg"], ["-bf", "schedd.toml"]])
        func `the background is one schedd, however it is asked for`(_ words: [String]) throws {
            queue.write("schedd.toml", queue.configuration)
            let run = try queue.run([schedd] + words)
            #expect(run.exitCode == 0 && run.errors.isEmpty)
            let second = try queue.run([schedd] + words)
            let pid = try #require(try queue.store.daemonPID())
            #expect(queue.text("/proc/\(pid)/comm") == "schedd\n")
            #expect(second.exitCode == 1)
            #expect(second.errors.contains("pid \(pid)") && queue.isOneLine(second.errors))
            #expect(try queue.run([schedd, "--stop"]).exitCode == 0)
        }

        @Test func `schedd goes on when nobody reads its log any more`() throws {
            let line = "\(schedd) --config schedd.toml 2>&1 | head -n 1 > head"
            queue.write("schedd.toml", queue.configuration)
            let pipe = try queue.start(["/bin/sh", "-c", "cd \(queue.work); \(line)"])
            defer { pipe.end() }
            try queue.wait(until: "nobody reads any more") { !queue.lines("head").isEmpty }
            for _ in 0..<3 { #expect(try queue.end(try queue.job("true")).state == .completed) }
            #expect(try queue.run([schedd, "--stop"]).exitCode == 0)
        }

        @Test func `jobs do not wait for whoever reads the log, and what was lost is told`() throws
        {
            let path = queue.path + "/pipe"
            #expect(mkfifo(path, 0o600) == 0)
            let pipe = try openFile(in: AT_FDCWD, Array(path.utf8), O_RDWR | O_NONBLOCK)
            let filling = [UInt8](repeating: UInt8(ascii: "x"), count: 4_096)
            while write(pipe.number, filling, filling.count) > 0 {}
            queue.write("schedd.toml", queue.configuration)
            let daemon = try Child(
                [schedd, "--config", "\(queue.work)/schedd.toml"],
                environment: queue.environment,
                in: queue.path,
                output: "/dev/null",
                error: path
            )
            defer { daemon.end() }
            for _ in 0..<2 { #expect(try queue.end(try queue.job("true")).state == .completed) }
            var text = ""
            func read() throws {
                // What was there before, and then nothing: all of it was lost.
                while let bytes = try? pipe.readOnce(upTo: 65_536), !bytes.isEmpty {
                    text += String(decoding: bytes, as: UTF8.self)
                }
            }
            try read()
            #expect(!text.isEmpty && text.allSatisfy { $0 == "x" })
            text = ""
            try queue.end(try queue.job("true"))
            try queue.wait(until: "the log goes on") {
                try read()
                return text.contains("job=3 attempt=1 ended COMPLETED")
            }
            let first = text.split(separator: "\n").first ?? ""
            let words = /.* warning \d+ lines of this log are lost: nobody read them in time/
            #expect(first.wholeMatch(of: words) != nil, "\(text)")
            #expect(!text.contains("job=2"))
        }

        @Test func `schedd stops with all of its jobs where that is asked for`() throws {
            try queue.awaitDaemon()
            let running = try queue.blocker("never")
            let waiting = try queue.job("-H", "true")
            try queue.wait(until: "it runs") { queue.exists("started") }
            let stop = try queue.run([schedd, "--stop", "--cancel-jobs"])
            #expect(stop.exitCode == 0)
            for id in [running, waiting] { #expect(try queue.record(id).state == .cancelled) }
            try queue.wait(until: "schedd is gone") { queue.daemon?.hasEnded ?? true }
            #expect(try queue.members().isEmpty && queue.spooled.isEmpty)
        }

        @Test func `a queue of another version is left alone`() throws {
            let id = try queue.job("true")
            try queue.store.db.execute("PRAGMA user_version = 99;")
            queue.closeStore()
            let run = try refusal()
            #expect(run.exitCode == 69 && queue.isOneLine(run.errors))
            #expect(run.errors.contains("newer") && run.errors.contains("99"))
            #expect(try queue.submit(["true"]).exitCode == 69)
            let connection = try Connection(path: queue.home + "/queue.db", mode: .readWrite)
            let jobs = try connection.first("SELECT count(*) FROM job") { $0.integer(0) }
            #expect(jobs == id.rawValue)
        }

        @Test(arguments: ["not a database at all\n", String(repeating: "x", count: 65_536), ""])
        func `a queue that cannot be read is kept as it is`(_ content: String) throws {
            _ = try queue.job("true")
            queue.closeStore()
            for end in ["-wal", "-shm"] { unlink(queue.home + "/queue.db" + end) }
            queue.write(queue.home + "/queue.db", content)
            for run in [try refusal(), try queue.submit(["true"])] {
                #expect(run.exitCode == 69 && queue.isOneLine(run.errors), "\(run)")
                #expect(run.errors.contains("queue.db"))
            }
            #expect(queue.text(queue.home + "/queue.db") == content)
        }

        @Test func `a queue that has gone is not replaced by an empty one`() throws {
            try queue.awaitDaemon()
            try queue.end(try queue.job("true"))
            try queue.stopDaemon()
            queue.closeStore()
            for end in ["", "-wal", "-shm"] { unlink(queue.home + "/queue.db" + end) }
            for run in [try refusal(), try queue.submit(["true"])] {
                #expect(run.exitCode == 69 && queue.isOneLine(run.errors), "\(run)")
            }
            #expect(access(queue.home + "/queue.db", F_OK) != 0)
        }

        @Test(
            .enabled(if: geteuid() == 0, "only root can give a folder away"),
            arguments: [true, false]
        )
        func `a state folder of another user is refused`(_ isSubmit: Bool) throws {
            mkdir(queue.home, 0o700)
            chown(queue.home, 12_345, 12_345)
            let run = isSubmit ? try queue.submit(["true"]) : try refusal()
            #expect(run.exitCode == 69 && queue.isOneLine(run.errors))
            #expect(run.errors.contains("12345"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: queue.home).isEmpty)
        }

        @Test(
            arguments: [
                ("kill_wait = \"soon\"", "kill_wait"), ("def_mem_per_cpu = 3.5", "def_mem_per_cpu"),
                ("kill_weight = 3", "kill_wait"), ("unit = \"cpu\"", "core"),
                ("kill_wait = [", ":1:"), ("[[gpu]]\nkind = \"a100\"", "gpu"),
                ("[[gpu]]\ntype = \"a100\"\nkind = 3", "kind"),
                ("job_requeue = 1", "true or false"),
                ("[[gpu]]\ntype='a'\nuuid='x'\n[[gpu]]\ntype='a'\nuuid='x'", "'x' stands twice"),
            ]
        )
        func `a mistake in the configuration is told`(_ text: String, _ hint: String) throws {
            queue.configuration = text
            let run = try refusal()
            #expect(run.exitCode == 78 && queue.isOneLine(run.errors), "\(run)")
            #expect(run.errors.contains(queue.path + "/schedd.toml"))
            #expect(run.errors.contains(hint), "\(run.errors)")
        }

        @Test func `what happens to a job is one search in the log`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("false")
            try queue.end(id)
            var lines: [Substring] = []
            // The end is told once it is in the queue.
            try queue.wait(until: "its start and its end are told") {
                lines = queue.log.split(separator: "\n").filter { $0.contains("job=\(id)") }
                return lines.count >= 2
            }
            #expect(lines.count == 2)
            #expect(lines.last?.contains("FAILED") == true)
        }

        @Test func `a record of an ended job goes when its supervisor is on its way out`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("true")
            try queue.end(id)
            try queue.stopDaemon()
            var spool = try Spool(in: Folder(path: queue.home))
            let attempt = AttemptID(job: id, number: 1)
            let boot = try BootIdentity.current()
            let locked = try spool.create(ClaimSlot(attempt: attempt, boot: boot))
            try locked.record.write(Outcome(cause: .exited, endedAt: Timestamp(microseconds: 1)))
            #expect(queue.spooled == ["\(attempt)"])
            try queue.awaitDaemon()
            try queue.end(try queue.job("true"))
            try queue.stopDaemon()
            #expect(queue.spooled.isEmpty)
            #expect(try queue.record(id).attempts == 1)
        }

        @Test func `nothing is left when schedd stops and no job runs`() throws {
            try queue.awaitDaemon()
            for _ in 0..<3 { try queue.end(try queue.job("--wrap", "true")) }
            try queue.stopDaemon()
            #expect(queue.spooled.isEmpty)
            #expect(try queue.members().isEmpty)
            #expect(try queue.cgroupFolders().isEmpty)
        }
    }
}
