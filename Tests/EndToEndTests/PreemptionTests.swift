import Foundation
import Glibc
import JobModel
import Linux
import SeededRandom
import Testing

@testable import QueueStore

extension EndToEnd {
    /// Jobs that stop for shorter ones (`policy = "srtf"`).
    struct PreemptionTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
            queue.configuration = """
                unit = "thread"
                kill_wait = "5s"
                policy = "srtf"
                predict_run_times = false
                preempt_min_slice = "0s"
                """
        }

        /// A job of an hour that has both CPUs and writes a line now and then.
        private func long(_ words: String...) throws -> JobID {
            queue.write("job.sh", Ticks.script)
            let run = try queue.submit(
                ["--parsable", "-c", "2", "-t", "60"] + words + ["job.sh", "100000"]
            )
            let id = JobID(rawValue: try #require(Int64(run.output.dropLast()), "\(run.errors)"))
            try queue.wait(until: "\(id) has begun") { !ticks(of: id).isEmpty }
            return id
        }

        private func ticks(of id: JobID) -> [Ticks.Line] {
            Ticks(queue.lines("ticks")).lines.filter { $0.attempt.hasPrefix("\(id).") }
        }

        @Test func `a long job stands still for a short one and goes on afterwards`() throws {
            try queue.awaitDaemon()
            let long = try long()
            let short = try queue.job("-t", "1", "-c", "2", "job.sh", "30")
            try queue.awaitState(.suspended, of: long)
            #expect(try queue.record(long).allocation?.cpus.isEmpty == true)
            #expect(try queue.end(short).state == .completed)
            let lines = Ticks(queue.lines("ticks")).lines
            let own = lines.indices.filter { lines[$0].attempt == "\(short).1" }
            let between = lines[(own.first ?? 0)...(own.last ?? 0)].filter {
                $0.attempt == "\(long).1"
            }
            // What it had begun to write.
            #expect(between.count <= 1, "it runs on beside the short one")
            let before = ticks(of: long).count
            try queue.awaitState(.running, of: long)
            try queue.wait(until: "it goes on") { ticks(of: long).count > before + 2 }
            #expect(Set(ticks(of: long).map(\.attempt)).count == 1)
            #expect(try queue.record(long).restarts == 0)
            #expect(try queue.cancel(long) == [.requested])
            #expect(try queue.end(long).state == .cancelled)
        }

        @Test func `it goes on on other CPUs where its own are taken`() throws {
            try queue.awaitDaemon()
            queue.write("job.sh", Ticks.script)
            let first = try queue.job("-t", "60", "job.sh", "100000")
            try queue.wait(until: "it has begun") { !ticks(of: first).isEmpty }
            let own = try #require(try queue.record(first).allocation?.cpus)
            let both = try queue.job("-t", "1", "-c", "2", "--wrap", "sleep 0.2")
            try queue.awaitState(.suspended, of: first)
            // Shorter than what is left of it, and so it has the first CPU that comes free.
            let next = try queue.job("-t", "30", "job.sh", "100000")
            try queue.end(both)
            try queue.awaitState(.running, of: first)
            try queue.awaitState(.running, of: next)
            let new = try #require(try queue.record(first).allocation?.cpus)
            let others = try #require(try queue.record(next).allocation?.cpus)
            #expect(new != own && new.isDisjoint(with: others))
            try queue.wait(until: "it has moved") { ticks(of: first).last?.cpus == new }
            for id in [first, next] { _ = try queue.cancel(id) }
            for id in [first, next] { try queue.end(id) }
        }

        @Test func `one that holds memory runs again, where it may`() throws {
            try queue.awaitDaemon()
            let long = try long("--mem=5M", "--requeue")
            let short = try queue.job("-t", "1", "-c", "2", "true")
            #expect(try queue.end(short).state == .completed)
            try queue.wait(until: "it runs again") {
                Set(ticks(of: long).map(\.attempt)) == ["\(long).1", "\(long).2"]
            }
            #expect(try queue.record(long).restarts == 1)
            _ = try queue.cancel(long)
            #expect(try queue.end(long).state == .cancelled)
        }

        @Test func `one that holds memory and may not run again is left alone`() throws {
            try queue.awaitDaemon()
            let long = try long("--mem=5M", "--no-requeue")
            let short = try queue.job("-t", "1", "-c", "2", "true")
            try queue.awaitReason(.resources, of: short)
            #expect(try queue.record(long).state == .running)
            _ = try queue.cancel(long)
            #expect(try queue.end(short).state == .completed)
            #expect(Set(ticks(of: long).map(\.attempt)) == ["\(long).1"])
        }

        @Test func `a job that stands still can be cancelled and requeued`() throws {
            try queue.awaitDaemon()
            let long = try long()
            let short = try queue.blocker("go", "-t", "1", "-c", "2")
            try queue.awaitState(.suspended, of: long)
            #expect(try queue.requeue(long) == [.requested])
            try queue.awaitState(.pending, of: long)
            queue.touch("go")
            try queue.end(short)
            try queue.awaitState(.running, of: long)
            let other = try queue.blocker("stop", "-t", "1", "-c", "2")
            try queue.awaitState(.suspended, of: long)
            #expect(try queue.cancel(long) == [.requested])
            #expect(try queue.end(long).state == .cancelled)
            queue.touch("stop")
            #expect(try queue.end(other).state == .completed)
        }

        @Test func `a time limit stands still with its job`() throws {
            try queue.awaitDaemon()
            let long = try queue.job("-t", "0:02", "-c", "2", "sleep", "1.5")
            try queue.awaitState(.running, of: long)
            let short = try queue.job("-t", "0:01", "-c", "2", "sleep", "0.9")
            try queue.awaitState(.suspended, of: long)
            #expect(try queue.end(short).state == .completed)
            let ended = try queue.end(long)
            #expect(ended.state == .completed)
            #expect(ended.elapsedMicroseconds(at: ended.ended ?? ended.submitted) < 2_000_000)
        }

        /// A `schedd` that finds a long job running and a short one waiting is killed at its n-th
        /// call of a kind; whether it came to that call.
        private func stopAndCrash(at call: String, _ number: Int) throws -> Bool {
            let place = "\(call) \(number)"
            try queue.awaitDaemon()
            let long = try long()
            queue.killDaemon()
            let short = try queue.job("-t", "1", "-c", "2", "job.sh", "3")
            let trace = queue.path + "/trace"
            unlink(trace)
            let strace = try #require(Strace.path)
            let traced = try queue.start(
                [strace, "-o", trace, "-e", "trace=\(call)"]
                    + ["-e", "inject=\(call):signal=KILL:when=\(number)"] + queue.daemonWords
            )
            defer { traced.end() }
            try queue.wait(until: "\(place): the long job goes on, or schedd has ended") {
                if traced.hasEnded { return true }
                return try queue.store.end(of: short) != nil
                    && queue.record(long).state == .running
            }
            if !traced.hasEnded {
                _ = try queue.run([TestQueue.programs + "/schedd", "--stop"])
                try queue.wait(until: "\(place): schedd has ended") { traced.hasEnded }
            }
            try queue.awaitDaemon()
            #expect(try queue.end(short).state == .completed, "\(place)")
            try queue.awaitState(.running, of: long)
            let before = ticks(of: long).count
            try queue.wait(until: "\(place): it goes on") { ticks(of: long).count > before + 1 }
            _ = try queue.cancel(long)
            #expect(try queue.end(long).attempts == 1, "\(place)")
            #expect(ticks(of: short).filter(\.isEnd).count == 1, "\(place)")
            let order = try queue.store.journal(after: 0, limit: 100_000).filter { $0.job == long }
            #expect(order.contains { $0.verb == .suspend }, "\(place)")
            try queue.stopDaemon()
            return queue.text(trace).contains("killed by SIGKILL")
        }

        @Test(
            .enabled(if: Strace.path != nil, "strace is not installed"),
            arguments: [("fdatasync", 4), ("pwrite64", 12), ("pidfd_send_signal", 1)]
        )
        func `a job stops and goes on where schedd is killed at any call`(
            _ call: String,
            _ least: Int
        ) throws {
            for number in 1...200 {
                guard try stopAndCrash(at: call, number) else {
                    #expect(number > least, "\(call) was called only \(number - 1) times")
                    return
                }
            }
            Issue.record("\(call) is called more than 200 times")
        }

        @Test func `nothing is lost or doubled when schedd is killed while jobs stop`() throws {
            queue.write("job.sh", Ticks.script)
            var generator = SeededGenerator(seed: 7)
            var jobs: [JobID] = []
            for round in 0..<40 {
                try queue.startDaemon()
                let kinds = [("1000", 300), ("30", 20), ("1", 3)]
                for (limit, longest) in kinds.dropFirst(
                    round % 10 == 0 ? 0 : round % 3 == 0 ? 1 : 2
                ) {
                    let again = generator.chance(20) ? ["--mem=1M", "--requeue"] : []
                    let count = Int.random(in: longest / 2...longest, using: &generator)
                    let words = ["-t", limit, "-c", generator.chance(80) ? "2" : "1"] + again
                    let run = try queue.submit(["--parsable"] + words + ["job.sh", "\(count)"])
                    jobs.append(JobID(rawValue: try #require(Int64(run.output.dropLast()))))
                }
                usleep(UInt32.random(in: 0...150_000, using: &generator))
                #expect(queue.daemon?.hasEnded == false, "schedd ended by itself in round \(round)")
                queue.killDaemon()
            }
            try queue.awaitDaemon()
            for id in jobs { #expect(try queue.end(id).state == .completed) }
            let stops = try queue.store.journal(after: 0, limit: 10_000)
                .filter { $0.verb == .suspend || $0.verb == .requeue }
            #expect(stops.count >= 3, "\(stops.count) were stopped")
            let ticks = Ticks(queue.lines("ticks"))
            for id in jobs {
                let ends = ticks.lines.filter { $0.attempt.hasPrefix("\(id).") && $0.isEnd }
                // What is requeued may have written its last line just before.
                let mayRunAgain = try queue.record(id).request.memory != nil
                let isRight = mayRunAgain ? ends.count >= 1 : ends.count == 1
                #expect(isRight, "\(id) came to its end \(ends.count) times")
            }
            ticks.checkThatNoCPUWasShared()
        }
    }
}

/// What jobs write while they run: the attempt and its CPUs, again and again.
struct Ticks {
    /// The argument is how often.
    static let script = """
        #!/bin/sh
        count=$1
        while test $count -gt 0; do
            while read -r key value; do
                case $key in Cpus_allowed_list:) cpus=$value ;; esac
            done < /proc/self/status
            count=$((count - 1))
            word=tick
            test $count -gt 0 || word=end
            echo "${SLUICE_ATTEMPT%@*} $word $cpus" >> ticks
            sleep 0.01
        done

        """

    /// One line.
    struct Line {
        var attempt: String
        var isEnd: Bool
        var cpus: CPUSet
    }

    let lines: [Line]

    init(_ texts: [String]) {
        lines = texts.compactMap { text in
            let words = text.split(separator: " ").map(String.init)
            guard words.count == 3, let cpus = try? CPUSet(parsing: ByteString(words[2])) else {
                Issue.record("'\(text)' is a line of a job")
                return nil
            }
            return Line(attempt: words[0], isEnd: words[1] == "end", cpus: cpus)
        }
    }

    /// Checks that no two attempts took turns on a CPU.
    ///
    /// One line of a job that stood still between looking and writing may come late; two may not,
    /// while another has the CPU before and after.
    func checkThatNoCPUWasShared() {
        var last: [Int: [String]] = [:]
        for line in lines {
            for cpu in line.cpus {
                var recent = last[cpu] ?? []
                recent.append(line.attempt)
                last[cpu] = recent.suffix(6)
                let (a, b) = (recent.first, recent.dropFirst().first)
                let takesTurns =
                    recent.count >= 6 && a != b
                    && recent.enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? a : b) }
                #expect(!takesTurns, "\(a ?? "") and \(b ?? "") both use CPU \(cpu)")
            }
        }
    }
}
