import CommandLineSupport
import JobModel
import QueueStore

/// What `history` shows.
struct History {
    private let options: HistoryOptions
    private let now = Program.now

    init(_ options: HistoryOptions) {
        self.options = options
    }

    /// Prints it and ends the program.
    func run() -> Never {
        if let since = options.since, let until = options.until, since > until {
            Program.fail(
                "--starttime (\(LocalTime.string(since))) is after --endtime "
                    + "(\(LocalTime.string(until))); it must be before",
                .usage
            )
        }
        var unknown: [JobReference] = []
        let output = Program.withQueue { store in
            switch (options.showsPredictions, options.isJSON) {
            case (false, true):
                try JSONWriter.document(at: now) { unknown = try forEachJob(store, $0) }
            case (false, false): try table { unknown = try forEachJob(store, $0) }
            case (true, _): try predictions(store, unknown: &unknown)
            }
        }
        Program.finish(output, Program.report(unknown: unknown))
    }

    private func forEachJob(
        _ store: QueueStore,
        _ body: (JobRecord) -> Void
    ) throws -> [JobReference] {
        // Jobs that are named are shown whenever they ended, unless a time is named, too.
        let since = try options.since ?? StartTime(parsing: "midnight", now: now).instant
        var filter = JobFilter(options.jobs.map { .jobs($0) } ?? .ended(since: since))
        filter.names = options.names
        filter.states = options.states
        if options.isMine { filter.uids = [Program.user] }
        if let users = options.users { filter.uids += try Program.users(users, in: store) }
        filter.wantsDetails = options.isJSON
        return try store.forEachJob(filter) { job in
            guard let ended = job.ended else { return }
            if let since = options.since, ended < since { return }
            if let until = options.until, ended >= until { return }
            body(job)
        }
    }

    private func predictions(
        _ store: QueueStore,
        unknown: inout [JobReference]
    ) throws -> OutputBuffer {
        var report = PredictionReport(now: now)
        guard options.isJSON else {
            unknown = try forEachJob(store) { report.add($0) }
            var output = OutputBuffer()
            report.write(to: &output, withHeader: !options.hasNoHeader)
            return output
        }
        return try JSONWriter.document(at: now) { add in
            unknown = try forEachJob(store) { job in
                guard report.shows(job) else { return }
                report.count(job)
                add(job)
            }
        } more: {
            report.write(to: &$0)
        }
    }

    private func table(_ jobs: (_ add: (JobRecord) -> Void) throws -> Void) rethrows -> OutputBuffer
    {
        var table = Table([
            .init("JOBID"), .init("NAME"), .init("STATE"), .init("EXIT", .right),
            .init("ELAPSED", .right), .init("CPUTIME", .right), .init("MAXRSS", .right),
            .init("START"), .init("END"),
        ])
        try jobs { job in
            table.add(job.label)
            table.add(job.name)
            table.add(state(of: job), style(of: job.state))
            table.add(job.exitText)
            let elapsed = ElapsedTime(seconds: job.elapsedMicroseconds(at: now) / 1_000_000)
            table.add(elapsed.paddedDescription)
            table.add(
                job.cpuMicroseconds.map { ElapsedTime.cpuDescription(microseconds: $0) } ?? ""
            )
            table.add(job.maxRSSBytes.map(size) ?? "")
            table.add(job.started.map { LocalTime.string($0) } ?? "None")
            table.add(LocalTime.string(job.ended))
        }
        var output = OutputBuffer()
        table.write(
            to: &output,
            withHeader: !options.hasNoHeader,
            isColoured: TextStyle.isWanted
        )
        return output
    }

    private func state(of job: JobRecord) -> String {
        guard job.state == .cancelled, let uid = job.cancelledBy else { return job.state.rawValue }
        return "\(job.state.rawValue) by \(uid)"
    }

    private func style(of state: JobState) -> TextStyle {
        switch state {
        case .failed, .timeout, .nodeFail: .red
        case .pending, .running, .suspended, .completed, .cancelled: .plain
        }
    }

    /// Memory in the largest unit that leaves a whole number before the point: `12.5M`.
    private func size(_ bytes: Int64) -> String {
        var value = bytes * 10 / 1024
        for unit in ["K", "M", "G"] {
            if value < 10_240 { return "\(value / 10).\(value % 10)\(unit)" }
            value /= 1024
        }
        return "\(value / 10).\(value % 10)T"
    }
}
