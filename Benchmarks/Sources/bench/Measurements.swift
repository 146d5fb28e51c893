import Foundation
import Glibc

/// The figures, each taken in one run beside what it is compared with.
struct Measurements {
    let programs: String

    /// `/bin/true` as a whole process: what every ratio is to.
    private func unit(_ queue: Queue) -> Command {
        Command(path: "/bin/true", environment: queue.environment)
    }

    /// The time of a command over that of another, the two taken in turn.
    private func ratio(_ command: Command, to other: Command, runs: Int) throws -> Double {
        var times: [Double] = []
        var others: [Double] = []
        for _ in 0..<runs {
            others.append(try other.time())
            times.append(try command.time())
        }
        return median(times) / median(others)
    }

    func submission() throws -> [Figure] {
        let queue = try Queue(programs: programs)
        let one = try ratio(queue.submission("--hold"), to: unit(queue), runs: 200)
        return [.ratio("submit one job", one, atMost: 2.5)]
    }

    func listing() throws -> [Figure] {
        let queue = try Queue(programs: programs)
        for _ in 0..<20 { try queue.submission("--hold").time() }
        let few = try ratio(queue.command("queue"), to: unit(queue), runs: 200)
        for _ in 0..<9_980 { try queue.submission("--hold").time() }
        let many = try ratio(queue.command("queue"), to: unit(queue), runs: 40)
        return [
            .ratio("queue, 20 jobs", few, atMost: 2.5),
            .ratio("queue, 10,000 pending jobs", many, atMost: 40),
        ]
    }

    func throughput() throws -> [Figure] {
        let queue = try Queue(programs: programs)
        let array = queue.submission("--array=0-1999%2", "--wait")
        var shares: [Double] = []
        for _ in 0..<3 {
            let plain = try plainLoop(2_000, queue)
            shares.append(plain / (try array.time()))
        }
        return [
            .share("array of 2,000 true, of a plain loop's rate", median(shares), atLeast: 0.25)
        ]
    }

    /// Starts and reaps `/bin/true`, two at a time; seconds in all.
    private func plainLoop(_ count: Int, _ queue: Queue) throws -> Double {
        let command = unit(queue)
        let start = DispatchTime.now().uptimeNanoseconds
        var running = 0
        for _ in 0..<count {
            if running == 2 {
                while waitpid(-1, nil, 0) < 0 && errno == EINTR {}
                running -= 1
            }
            _ = try command.spawn()
            running += 1
        }
        for _ in 0..<running { while waitpid(-1, nil, 0) < 0 && errno == EINTR {} }
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }

    func latency() throws -> [Figure] {
        let queue = try Queue(programs: programs)
        let stamp = queue.folder + "/stamp"
        var waits: [Double] = []
        var units: [Double] = []
        for _ in 0..<100 {
            units.append(try unit(queue).time())
            unlink(stamp)
            try Command(
                path: "\(programs)/submit",
                arguments: ["-o", stamp, "/bin/date", "+%s.%N"],
                environment: queue.environment
            ).time()
            let returned = Date().timeIntervalSince1970
            waits.append(try content(of: stamp) - returned)
        }
        let chain = try chained(queue)
        let one = median(units)
        return [
            .ratio("from submit's return to the first instruction", median(waits) / one, atMost: 8),
            .ratio("a link of a chain of afterok jobs", chain / one, atMost: 15),
        ]
    }

    private func content(of file: String) throws -> Double {
        for _ in 0..<5_000 {
            if let text = try? String(contentsOfFile: file, encoding: .utf8),
                let seconds = Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
            {
                return seconds
            }
            usleep(1_000)
        }
        throw BenchmarkError("the job did not start")
    }

    /// Seconds from one job's end to the next one's, in a chain.
    private func chained(_ queue: Queue) throws -> Double {
        func submit(_ options: String...) throws -> String {
            try Command(
                path: "\(programs)/submit",
                arguments: options + ["--parsable", "-o", "/dev/null", "/bin/true"],
                environment: queue.environment
            ).output().trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let length = 100
        let first = try Command(
            path: "\(programs)/submit",
            arguments: ["--parsable", "-o", "/dev/null", "/bin/sleep", "3"],
            environment: queue.environment
        ).output().trimmingCharacters(in: .whitespacesAndNewlines)
        var last = first
        for _ in 0..<length { last = try submit("-d", "afterok:\(last)") }
        try queue.submission("-d", "afterok:\(last)", "--wait").time()
        let seconds = Double(
            try queue.query(
                "SELECT (b.ended_us - a.ended_us) / 1e6 FROM job a, job b "
                    + "WHERE a.id = \(first) AND b.id = \(last)"
            )
        )
        guard let seconds else { throw BenchmarkError("the chain has no ends") }
        return seconds / Double(length)
    }

    /// An array of a million tasks beside one job: to submit, to list, to cancel.
    func millionTasks() throws -> [Figure] {
        let array = try Queue(programs: programs)
        let single = try Queue(programs: programs)
        func submit(_ queue: Queue) -> Command {
            queue === array
                ? queue.submission("--hold", "--array=0-999999") : queue.submission("--hold")
        }
        let submission = try ratio(submit(array), to: submit(single), runs: 50)
        try array.command("cancel", "--me").time()
        try single.command("cancel", "--me").time()
        var listings: [[Double]] = [[], []]
        var cancellations: [[Double]] = [[], []]
        for _ in 0..<50 {
            for (place, queue) in [array, single].enumerated() {
                try submit(queue).time()
                listings[place].append(try queue.command("queue").time())
                cancellations[place].append(try queue.command("cancel", "--me").time())
            }
        }
        return [
            .ratio("submit an array of 1,000,000 tasks, to one job", submission, atMost: 1.3),
            .ratio(
                "list it, to one job",
                median(listings[0]) / median(listings[1]),
                atMost: 1.3
            ),
            .ratio(
                "cancel it, to one job",
                median(cancellations[0]) / median(cancellations[1]),
                atMost: 1.3
            ),
        ]
    }

    /// A queue beside 100,000 jobs that wait for the whole machine, and one beside ten of them.
    func hundredThousand() throws -> [Figure] {
        let few = try Queue(programs: programs)
        let many = try Queue(programs: programs)
        try fill(few, with: 10)
        try fill(many, with: 100_000)
        let submission = try ratio(
            many.submission("--hold"),
            to: few.submission("--hold"),
            runs: 100
        )
        let listing = try ratio(
            many.command("queue", "-j", "50"),
            to: few.command("queue", "-j", "5"),
            runs: 100
        )
        let work = try workOfAnEnd(many) / workOfAnEnd(few)
        let idle = try idleShare(many)
        try many.stop()
        let size = try FileManager.default.attributesOfItem(atPath: many.folder + "/queue.db")
        let bytes = Double((size[.size] as? Int) ?? 0) / 100_000
        let start = try many.command("schedd", "--background").time()
        let memory =
            try String(contentsOfFile: "/proc/\(try many.daemon())/status", encoding: .utf8)
            .split(separator: "\n").first { $0.hasPrefix("VmRSS") }?.split(separator: " ")
            .compactMap { Double($0) }.first ?? .infinity
        return [
            .ratio("submit beside 100,000 pending jobs, to beside 10", submission, atMost: 1.3),
            .ratio("queue -j ID beside them, to beside 10", listing, atMost: 1.3),
            .ratio("schedd's work for a job beside them, to beside 10", work, atMost: 1.3),
            .number("CPU of an idle schedd beside them", idle * 100, "%", atMost: 0.2),
            .number("the database, a job", bytes, "bytes", atMost: 500),
            .number("schedd ready with 100,000 jobs", start, "s", atMost: 3),
            .number("its memory then", memory / 1024, "MB", atMost: 300),
        ]
    }

    /// Lets jobs wait for the whole machine, one core of which a sleeping job has.
    private func fill(_ queue: Queue, with count: Int) throws {
        try Command(
            path: "\(programs)/submit",
            arguments: ["-o", "/dev/null", "/bin/sleep", "86400"],
            environment: queue.environment
        ).time()
        let all = queue.submission("--cpus-per-task=\(try queue.cores())")
        var running = 0
        for _ in 0..<count {
            if running == 2 {
                while waitpid(-1, nil, 0) < 0 && errno == EINTR {}
                running -= 1
            }
            _ = try all.spawn()
            running += 1
        }
        for _ in 0..<running { while waitpid(-1, nil, 0) < 0 && errno == EINTR {} }
    }

    /// CPU seconds that `schedd` spends on one small job that goes before all others.
    private func workOfAnEnd(_ queue: Queue) throws -> Double {
        let count = 500
        let before = try queue.cpuSeconds()
        try queue.submission("--priority=1000000", "--array=1-\(count)%1", "--wait").time()
        return (try queue.cpuSeconds() - before) / Double(count)
    }

    /// The share of one CPU that `schedd` takes while nothing happens.
    private func idleShare(_ queue: Queue) throws -> Double {
        sleep(12)
        let before = try queue.cpuSeconds()
        sleep(10)
        return (try queue.cpuSeconds() - before) / 10
    }

    func sizes() throws -> [Figure] {
        try ["submit", "queue", "cancel", "control", "history", "resources", "schedd", "stepd"].map
        {
            let path = "\(programs)/\($0)"
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            let limit: Double = $0 == "schedd" ? 25 : $0 == "stepd" ? 8 : 10
            return .number("size of \($0)", Double(size) / 1e6, "MB", atMost: limit)
        }
    }
}
