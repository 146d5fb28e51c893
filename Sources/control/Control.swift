import CommandLineSupport
import JobModel
import Linux
import QueueStore

/// What `control` does: a verb, and the jobs that it is for.
enum Control {
    private typealias Change =
        (QueueStore) -> (JobReference, UInt32, Timestamp) throws -> [ChangeResult]

    static func run(_ options: ControlOptions, _ operands: [ByteString]) -> Never {
        var words = operands
        let verb = words.isEmpty ? "" : words.removeFirst().string
        switch verb {
        case "hold":
            change(words, wanted: "only a pending job can be held") { $0.hold }
        case "release":
            change(words, wanted: "only a pending job can be released") { $0.release }
        case "requeue":
            change(words, wanted: "only what has been started can be requeued") { $0.requeue }
        case "show":
            guard words.first == "job" else {
                Program.fail("show: what? 'show job JOB' is what there is", .usage)
            }
            show(Program.jobs(Array(words.dropFirst())), options)
        case "ping", "reconfigure":
            if let word = words.first {
                Program.fail(
                    "\(verb): '\(word.string)' is not expected; \(verb) stands alone",
                    .usage
                )
            }
            if verb == "ping" { ping() } else { Reconfiguration.run() }
        case "":
            Program.fail("what? hold, release, requeue, show job, reconfigure, or ping", .usage)
        default:
            Program.fail(
                "there is no verb '\(verb)'; there are hold, release, requeue, show job, reconfigure "
                    + "and ping",
                .usage
            )
        }
    }

    private static func change(
        _ words: [ByteString],
        wanted: String,
        _ change: @escaping Change
    ) -> Never {
        guard !words.isEmpty else { Program.fail("which jobs? name them by number", .usage) }
        let jobs = Program.jobs(words)
        let isComplete = Program.withQueue { store in
            var isComplete = true
            var hasOrders = false
            for job in jobs {
                do {
                    let results = try change(store)(job, Program.user, Program.now)
                    hasOrders = hasOrders || results.contains(.requested)
                    if let refusal = refusal(results) {
                        throw QueueError.wrongState(job, found: refusal, wanted: wanted)
                    }
                } catch let error as QueueError where ExitStatus(error) == .refused {
                    isComplete = false
                    Program.warn("\(error)")
                }
            }
            Program.ring(store, hasOrders: hasOrders)
            return isComplete
        }
        Program.exit(isComplete ? .success : .refused)
    }

    /// The state that kept all of what was meant from changing; nil where something was changed.
    private static func refusal(_ results: [ChangeResult]) -> JobState? {
        var found: JobState?
        for result in results {
            guard case .refused(let state) = result else { return nil }
            found = state
        }
        return found
    }

    /// For how long jobs are shown that were not named and have ended, in microseconds: Slurm's
    /// MinJobAge, 300 s.
    private static let remembered: Int64 = 300_000_000

    private static func show(_ jobs: [JobReference], _ options: ControlOptions) -> Never {
        let now = Program.now
        let since = Timestamp(microseconds: now.microseconds - remembered)
        var filter = JobFilter(jobs.isEmpty ? .all(since: since) : .jobs(jobs))
        filter.wantsDetails = true
        var unknown: [JobReference] = []
        let output: OutputBuffer = Program.withQueue { store in
            guard options.isJSON else {
                var output = OutputBuffer()
                unknown = try store.forEachJob(filter) {
                    JobSheet(job: $0, now: now).append(to: &output)
                }
                return output
            }
            return try JSONWriter.document(at: now) { unknown = try store.forEachJob(filter, $0) }
        }
        Program.finish(output, Program.report(unknown: unknown))
    }

    private static func ping() -> Never {
        let isUp = Program.withQueue { Doorbell.ring(folder: $0.folder.path) }
        var output = OutputBuffer()
        output.append("schedd at \(HostName.short.string) is \(isUp ? "UP" : "DOWN")\n")
        Program.finish(output, isUp ? .success : .refused)
    }
}
