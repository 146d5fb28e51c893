import Foundation
import JobModel
import Planner

/// A job of a trace in the Standard Workload Format.
struct TraceJob {
    var submit: Int64
    var runTime: Int64
    var processors: Int
    var limit: Int64?
}

/// A trace, read whole: its usable jobs in order of submission.
struct Trace {
    var processors: Int
    var jobs: [TraceJob] = []

    /// Reads a gzipped trace; the machine has so many processors, or what the header says.
    init(_ url: URL, processors override: Int? = nil) throws {
        var number: [Int64] = []
        var header: [String: Int] = [:]
        var found: [TraceJob] = []
        for line in try Self.text(of: url).split(separator: "\n") {
            if line.hasPrefix(";") {
                let parts = line.dropFirst().split(separator: ":").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                if parts.count == 2, let value = Int(parts[1]) { header[parts[0]] = value }
                continue
            }
            let fields = line.split(whereSeparator: \.isWhitespace).map { Int64(Double($0) ?? -1) }
            guard fields.count >= 12 else { continue }
            number.append(fields[0])
            found.append(
                TraceJob(
                    submit: fields[1],
                    runTime: fields[3],
                    processors: Int(fields[7] > 0 ? fields[7] : fields[4]),
                    limit: fields[8] > 0 ? fields[8] : nil
                )
            )
        }
        let processors = override ?? header["MaxProcs"] ?? header["MaxNodes"] ?? 0
        self.processors = processors
        jobs = zip(number, found)
            .filter { $1.submit >= 0 && $1.runTime > 0 && 1...processors ~= $1.processors }
            .sorted { ($0.1.submit, $0.0) < ($1.1.submit, $1.0) }
            .map(\.1)
    }

    private static func text(of url: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", url.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

/// Runs the jobs of a trace through the planner and tells how long they waited.
struct TraceReplay {
    /// Where the planner's estimates come from.
    enum Estimates {
        /// The limit, or an hour where there is none; corrected where the job outlives it.
        case user
        /// The run time.
        case perfect
        /// Nobody knows any.
        case none
    }

    private struct Running {
        var job: Int
        var run: RunID
        var start: Int64
        var estimate: Int64?
        var corrections = 0
    }

    /// Minutes that are added to the first estimate, one correction after the other.
    private static let corrections: [Int64] = [
        1, 5, 15, 30, 60, 120, 300, 600, 1200, 3000, 6000,
    ]

    private var planner: Planner
    private let jobs: [TraceJob]
    private let estimates: Estimates
    private var running: [Running] = []
    private(set) var waits: [Int64]
    private(set) var backfilled = 0
    private(set) var lastEnd: Int64 = 0

    init(_ jobs: some Sequence<TraceJob>, processors: Int, estimates: Estimates) {
        self.jobs = jobs.map {
            var job = $0
            job.runTime = min(job.runTime, job.limit ?? .max)
            return job
        }
        self.estimates = estimates
        waits = Array(repeating: 0, count: self.jobs.count)
        planner = Planner(
            capacity: Capacity(cores: processors, memory: MemorySize(bytes: 0))
        )
    }

    /// The mean wait in seconds.
    var meanWait: Double { Double(waits.reduce(0, +)) / Double(waits.count) }

    /// One instant after the other: ends, corrections, submissions, a plan.
    mutating func run() {
        var submitted = 0
        while submitted < jobs.count || !running.isEmpty {
            var now = submitted < jobs.count ? jobs[submitted].submit : Int64.max
            for run in running { now = min(now, end(of: run), outrun(of: run)) }
            for run in running where end(of: run) == now { planner.end(run.run) }
            running = running.filter { end(of: $0) != now }
            for index in running.indices where outrun(of: running[index]) == now { correct(index) }
            while submitted < jobs.count, jobs[submitted].submit == now {
                planner.add(candidate(submitted))
                submitted += 1
            }
            start(at: now)
        }
    }

    private func end(of run: Running) -> Int64 { run.start + jobs[run.job].runTime }

    /// When a run reaches its estimate.
    private func outrun(of run: Running) -> Int64 { run.estimate.map { run.start + $0 } ?? .max }

    private mutating func correct(_ index: Int) {
        let job = jobs[running[index].job]
        let first = estimate(of: job) ?? 0
        var estimate: Int64
        if running[index].corrections < Self.corrections.count {
            estimate = first + Self.corrections[running[index].corrections] * 60
        } else {
            estimate = job.limit ?? 2 * (running[index].estimate ?? 0)
        }
        estimate = min(estimate, job.limit ?? .max)
        running[index].corrections += 1
        running[index].estimate = estimate
        planner.correct(running[index].run, estimate: estimate)
    }

    private func estimate(of job: TraceJob) -> Int64? {
        switch estimates {
        case .user: job.limit ?? 3600
        case .perfect: job.runTime
        case .none: nil
        }
    }

    private func candidate(_ index: Int) -> Candidate {
        Candidate(
            id: JobID(rawValue: Int64(index)),
            submitted: Instant(milliseconds: jobs[index].submit * 1000),
            demand: Demand(cores: jobs[index].processors),
            estimate: estimate(of: jobs[index])
        )
    }

    private mutating func start(at now: Int64) {
        for start in planner.plan(at: Instant(milliseconds: now * 1000)).starts {
            let index = Int(start.job.rawValue)
            waits[index] = now - jobs[index].submit
            backfilled += start.isBackfilled ? 1 : 0
            lastEnd = max(lastEnd, now + jobs[index].runTime)
            running.append(
                Running(
                    job: index,
                    run: start.run,
                    start: now,
                    estimate: estimate(of: jobs[index])
                )
            )
        }
    }
}
