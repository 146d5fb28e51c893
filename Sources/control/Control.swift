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
            change(words, wanted: "it waits to run already") { $0.requeue }
        case "show":
            guard words.first == "job" else {
                Program.fail("show: what? 'show job JOB' is what there is", .usage)
            }
            show(references(Array(words.dropFirst())), options)
        case "ping": ping()
        case "":
            Program.fail("what? hold, release, requeue, show job, or ping", .usage)
        default:
            Program.fail(
                "there is no verb '\(verb)'; there are hold, release, requeue, show job and ping",
                .usage
            )
        }
    }

    private static func references(_ words: [ByteString]) -> [JobReference] {
        guard !words.isEmpty else { Program.fail("which jobs? name them by number", .usage) }
        do {
            return try words.flatMap { try JobReference.list(parsing: $0) }
        } catch {
            Program.fail("\(error)", .usage)
        }
    }

    private static func change(
        _ words: [ByteString],
        wanted: String,
        _ change: @escaping Change
    ) -> Never {
        let jobs = references(words)
        let isComplete = Program.withQueue { store in
            var isComplete = true
            for job in jobs {
                do {
                    let results = try change(store)(job, Program.user, Program.now)
                    if let refusal = refusal(results) {
                        throw QueueError.wrongState(job, found: refusal, wanted: wanted)
                    }
                } catch let error as QueueError where ExitStatus(error) == .refused {
                    isComplete = false
                    Program.warn("\(error)")
                }
            }
            _ = Doorbell.ring(folder: store.folder.path)
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

    private static func show(_ jobs: [JobReference], _ options: ControlOptions) -> Never {
        var filter = JobFilter(.jobs(jobs))
        filter.wantsDetails = true
        let output: OutputBuffer = Program.withQueue { store in
            let now = Program.now
            guard options.isJSON else {
                var output = OutputBuffer()
                try store.forEachJob(filter) { JobSheet(job: $0, now: now).append(to: &output) }
                return output
            }
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("jobs")
            writer.beginArray()
            try store.forEachJob(filter) { writer.job($0, at: now) }
            writer.endArray()
            writer.endObject()
            writer.endLine()
            return writer.output
        }
        Program.finish(output)
    }

    private static func ping() -> Never {
        let isUp = Program.withQueue { Doorbell.ring(folder: $0.folder.path) }
        var output = OutputBuffer()
        output.append("schedd at \(HostName.short.string) is \(isUp ? "UP" : "DOWN")\n")
        Program.finish(output, isUp ? .success : .refused)
    }
}
