import CommandLineSupport
import JobModel
import QueueStore

/// What `queue` shows.
enum Listing {
    static func run(_ given: QueueOptions, _ operands: [ByteString]) -> Never {
        var options = given
        do {
            for operand in operands {
                options.jobs = (options.jobs ?? []) + (try JobReference.list(parsing: operand))
            }
        } catch {
            Program.fail("\(error)", .usage)
        }
        if let job = options.followed { Follow.run(job) }
        let output = Program.withQueue { try listing(options, $0) }
        Program.finish(output)
    }

    private static func listing(_ options: QueueOptions, _ store: QueueStore) throws -> OutputBuffer
    {
        var filter = JobFilter(scope(of: options))
        filter.names = options.names
        filter.states = options.states
        if options.isMine { filter.uids = [Program.user] }
        if let users = options.users { filter.uids += try Program.users(users, in: store) }
        return options.isJSON
            ? try json(&filter, store, options) : try table(&filter, store, options)
    }

    /// Where states of ended jobs are asked for, those of the last five minutes are looked through.
    private static func scope(of options: QueueOptions) -> JobFilter.Scope {
        if let jobs = options.jobs { return .jobs(jobs) }
        let looksBack =
            options.showsAllStates || options.states?.states.contains { $0.isEnded } == true
        guard looksBack else { return .open }
        return .all(since: Timestamp(microseconds: Program.now.microseconds - 300_000_000))
    }

    private static func json(
        _ filter: inout JobFilter,
        _ store: QueueStore,
        _ options: QueueOptions
    ) throws -> OutputBuffer {
        filter.wantsDetails = true
        let now = Program.now
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jobs")
        writer.beginArray()
        try store.forEachJob(filter) { record in
            for job in tasks(of: record, options) { writer.job(job, at: now) }
        }
        writer.endArray()
        writer.endObject()
        writer.endLine()
        return writer.output
    }

    private static func table(
        _ filter: inout JobFilter,
        _ store: QueueStore,
        _ options: QueueOptions
    ) throws -> OutputBuffer {
        let standard =
            options.showsStart
            ? JobColumns.start : options.isLong ? JobColumns.long : JobColumns.standard
        let format =
            try options.format
            ?? FormatSpecification(parsing: ByteString(standard), letters: JobColumns.letters)
        filter.wantsDetails = JobColumns.needsDetails(format.letters)
        let columns = JobColumns(now: Program.now, host: HostName.short)
        let isColoured = TextStyle.isWanted
        var output = OutputBuffer(capacity: 16_384)
        if !options.hasNoHeader {
            format.appendLine(to: &output, isColoured: isColoured) { letter, buffer in
                buffer.append(JobColumns.title(letter))
                return .bold
            }
        }
        try store.forEachJob(filter) { record in
            for job in tasks(of: record, options) {
                format.appendLine(to: &output, isColoured: isColoured) {
                    columns.append($0, of: job, to: &$1)
                }
            }
        }
        return output
    }

    /// With `--array` a record for each waiting task, else the record itself.
    private static func tasks(of record: JobRecord, _ options: QueueOptions) -> [JobRecord] {
        guard options.splitsArrays, let waiting = record.waiting else { return [record] }
        return waiting.map { index in
            var task = record
            task.taskIndex = index
            task.waiting = nil
            return task
        }
    }
}
