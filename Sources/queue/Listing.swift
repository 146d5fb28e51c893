import CommandLineSupport
import JobModel
import QueueStore

/// What `queue` shows.
struct Listing {
    /// For how long `-t` shows what has ended, in microseconds: Slurm's MinJobAge, 300 s.
    private static let remembered: Int64 = 300_000_000

    private let options: QueueOptions
    private let now = Program.now

    init(_ options: QueueOptions) {
        self.options = options
    }

    /// Prints it and ends the program.
    func run() -> Never {
        var unknown: [JobReference] = []
        let output = Program.withQueue { store in
            options.isJSON ? try json(store, &unknown) : try table(store, &unknown)
        }
        // What there is, is shown, whatever else was asked for.
        Program.finish(output, Program.report(unknown: unknown))
    }

    private func filter(_ store: QueueStore) throws -> JobFilter {
        let states = options.states ?? JobStateFilter([.pending, .running, .suspended])
        let looksBack = states.states.contains { $0.isEnded }
        let scope: JobFilter.Scope =
            if let jobs = options.jobs {
                .jobs(jobs)
            } else if looksBack {
                .all(since: Timestamp(microseconds: now.microseconds - Self.remembered))
            } else {
                .open
            }
        var filter = JobFilter(scope)
        filter.names = options.names
        filter.states = options.showsStart ? JobStateFilter([.pending]) : states
        if options.isMine { filter.uids = [Program.user] }
        if let users = options.users { filter.uids += try Program.users(users, in: store) }
        return filter
    }

    private func json(_ store: QueueStore, _ unknown: inout [JobReference]) throws -> OutputBuffer {
        var filter = try filter(store)
        filter.wantsDetails = true
        return try JSONWriter.document(at: now) { add in
            unknown = try forEachLine(filter, store, add)
        }
    }

    private func table(_ store: QueueStore, _ unknown: inout [JobReference]) throws -> OutputBuffer
    {
        let standard =
            options.showsStart
            ? JobColumns.start : options.isLong ? JobColumns.long : JobColumns.standard
        let format =
            try options.format
            ?? FormatSpecification(parsing: ByteString(standard), letters: JobColumns.letters)
        var filter = try filter(store)
        filter.wantsDetails = JobColumns.needsDetails(format.letters)
        let columns = JobColumns(now: now)
        let isColoured = TextStyle.isWanted
        // Room for ten thousand lines: memory that is not written to costs nothing, and to move what
        // has been written costs more than all the rest of a line.
        var output = OutputBuffer(capacity: 1 << 20)
        if !options.hasNoHeader {
            format.appendLine(to: &output, isColoured: isColoured) { letter, buffer in
                buffer.append(JobColumns.title(letter))
                return .bold
            }
        }
        unknown = try forEachLine(filter, store) { job in
            format.appendLine(to: &output, isColoured: isColoured) {
                columns.append($0, of: job, to: &$1)
            }
        }
        return output
    }

    /// Hands each job to the body that gets a line of its own, in the order that was asked for.
    private func forEachLine(
        _ filter: JobFilter,
        _ store: QueueStore,
        _ body: (JobRecord) -> Void
    ) throws -> [JobReference] {
        guard let order = options.order else {
            return try store.forEachJob(filter) { forEachTask(of: $0, body) }
        }
        var jobs: [JobRecord] = []
        let unknown = try store.forEachJob(filter) { job in
            forEachTask(of: job) { jobs.append($0) }
        }
        for job in order.sort(jobs, now: now) { body(job) }
        return unknown
    }

    /// With `--array` each waiting task, else the record itself.
    private func forEachTask(of record: JobRecord, _ body: (JobRecord) -> Void) {
        guard options.splitsArrays, let waiting = record.waiting else { return body(record) }
        var task = record
        task.waiting = nil
        for index in waiting {
            task.taskIndex = index
            body(task)
        }
    }
}
