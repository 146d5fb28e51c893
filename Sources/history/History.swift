import CommandLineSupport
import JobModel
import QueueStore

/// What `history` shows.
enum History {
    static func run(_ given: HistoryOptions, _ operands: [ByteString]) -> Never {
        var options = given
        do {
            for operand in operands {
                options.jobs = (options.jobs ?? []) + (try JobReference.list(parsing: operand))
            }
        } catch {
            Program.fail("\(error)", .usage)
        }
        let output = Program.withQueue { try listing(options, $0) }
        Program.finish(output)
    }

    private static func listing(
        _ options: HistoryOptions,
        _ store: QueueStore
    ) throws -> OutputBuffer {
        let midnight = try StartTime(parsing: "midnight", now: Program.now).instant
        var filter = JobFilter(
            options.jobs.map { .jobs($0) } ?? .ended(since: options.since ?? midnight)
        )
        filter.names = options.names
        filter.states = options.states
        if options.isMine { filter.uids = [Program.user] }
        if let users = options.users { filter.uids += try Program.users(users, in: store) }
        filter.wantsDetails = options.isJSON
        return options.isJSON ? try json(filter, store) : try table(filter, options, store)
    }

    private static func json(_ filter: JobFilter, _ store: QueueStore) throws -> OutputBuffer {
        let now = Program.now
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jobs")
        writer.beginArray()
        try store.forEachJob(filter) { if $0.state.isEnded { writer.job($0, at: now) } }
        writer.endArray()
        writer.endObject()
        writer.endLine()
        return writer.output
    }

    private static func table(
        _ filter: JobFilter,
        _ options: HistoryOptions,
        _ store: QueueStore
    ) throws -> OutputBuffer {
        var table = Table([
            .init("JOBID"), .init("NAME"), .init("USER"), .init("STATE"), .init("EXIT", .right),
            .init("ELAPSED", .right), .init("CPUTIME", .right), .init("MAXRSS", .right),
            .init("CPUS", .right), .init("GPUS", .right), .init("END"),
        ])
        try store.forEachJob(filter) { job in
            guard job.state.isEnded else { return }
            let elapsed = job.elapsedMicroseconds(at: Program.now) / 1_000_000
            table.add(job.label)
            table.add(job.name)
            table.add(job.user)
            table.add(state(of: job), style(of: job.state))
            table.add(job.exitText)
            table.add(ElapsedTime(seconds: elapsed).paddedDescription)
            table.add(
                job.cpuMicroseconds.map { ElapsedTime.cpuDescription(microseconds: $0) } ?? ""
            )
            table.add(job.maxRSSBytes.map(size) ?? "")
            table.add("\(job.request.cpus)")
            table.add("\(job.request.gpus?.count ?? 0)")
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

    private static func state(of job: JobRecord) -> String {
        guard job.state == .cancelled, let uid = job.cancelledBy else { return job.state.rawValue }
        return "\(job.state.rawValue) by \(uid)"
    }

    private static func style(of state: JobState) -> TextStyle {
        switch state {
        case .failed, .timeout, .nodeFail: .red
        case .pending, .running, .completed, .cancelled: .plain
        }
    }

    /// Peak memory in the largest unit that leaves a whole number before the point.
    private static func size(_ bytes: Int64) -> String {
        var value = bytes * 10 / 1024
        for unit in ["K", "M", "G"] {
            if value < 10_240 { return "\(value / 10).\(value % 10)\(unit)" }
            value /= 1024
        }
        return "\(value / 10).\(value % 10)T"
    }
}
