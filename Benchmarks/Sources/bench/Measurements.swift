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
        let text = try Command(
            path: "/usr/bin/sqlite3",
            arguments: [
                "-readonly", queue.folder + "/queue.db",
                "SELECT (b.ended_us - a.ended_us) / 1e6 FROM job a, job b "
                    + "WHERE a.id = \(first) AND b.id = \(last)",
            ],
            environment: queue.environment
        ).output()
        let seconds = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .infinity
        return seconds / Double(length)
    }

    func millionTasks() throws -> [Figure] {
        let queue = try Queue(programs: programs)
        let one = try ratio(
            queue.submission("--hold", "--array=0-999999"),
            to: queue.submission("--hold"),
            runs: 50
        )
        return [.ratio("submit an array of 1,000,000 tasks, to one job", one, atMost: 1.3)]
    }

    func hundredThousand() throws -> [Figure] {
        let few = try Queue(programs: programs)
        for _ in 0..<10 { try few.submission("--hold").time() }
        let many = try Queue(programs: programs)
        for _ in 0..<100_000 { try many.submission("--hold").time() }
        let submit = try ratio(many.submission("--hold"), to: few.submission("--hold"), runs: 100)
        try many.stop()
        let size = try FileManager.default.attributesOfItem(atPath: many.folder + "/queue.db")
        let bytes = Double((size[.size] as? Int) ?? 0) / 100_100
        let start = try many.command("schedd", "--background").time()
        let memory =
            try String(
                contentsOfFile: "/proc/\(try many.daemon())/status",
                encoding: .utf8
            ).split(separator: "\n").first { $0.hasPrefix("VmRSS") }?.split(separator: " ")
            .compactMap { Double($0) }.first ?? .infinity
        return [
            .ratio("submit beside 100,000 jobs, to beside 10", submit, atMost: 1.3),
            .number("the database, a job", bytes, "bytes", atMost: 500),
            .number("schedd ready with 100,000 jobs", start, "s", atMost: 3),
            .number("its memory then", memory / 1024, "MB", atMost: 300),
        ]
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
