import CommandLineSupport
import JobModel

/// What `history`'s options say.
struct HistoryOptions: Sendable {
    var jobs: [JobReference]?
    var users: ByteString?
    var isMine = false
    var names: [ByteString] = []
    var states: JobStateFilter?
    var since: Timestamp?
    var until: Timestamp?
    var hasNoHeader = false
    var showsPredictions = false
    var isJSON = false

    static let table = OptionTable<HistoryOptions>(
        forms: ["[options] [JOB...]"],
        summary: "Lists the jobs that have ended, and what they used.",
        mixesOperands: true,
        options: [
            .value(
                "jobs",
                letter: "j",
                "JOB,...",
                help: "these jobs, whenever they ended"
            ) { target, text throws(ParseError) in
                target.jobs = (target.jobs ?? []) + (try JobReference.list(parsing: text))
            },
            .value(
                "starttime",
                letter: "S",
                "TIME",
                help: "what ended since then (default: midnight), such as now-2hours or 2026-11-24"
            ) { target, text throws(ParseError) in
                target.since = try StartTime(parsing: text, now: Program.now).instant
            },
            .value(
                "endtime",
                letter: "E",
                "TIME",
                help: "what ended before then (default: now)"
            ) { target, text throws(ParseError) in
                target.until = try StartTime(parsing: text, now: Program.now).instant
            },
            .value("user", letter: "u", "USER,...", help: "jobs of these users") { target, text in
                target.users = text
            },
            .flag("me", help: "my jobs") { $0.isMine = true },
            .value("name", letter: "N", "NAME,...", help: "jobs of these names") { target, text in
                target.names = text.members
            },
            .value(
                "state",
                letter: "s",
                "STATE,...",
                help: "jobs that ended so, such as F,TO"
            ) { target, text throws(ParseError) in
                target.states = try JobStateFilter(parsing: text)
            },
            .flag("predictions", help: "how long they were expected to run, and how well") {
                $0.showsPredictions = true
            },
            .flag("noheader", letter: "n", help: "no line of heads") { $0.hasNoHeader = true },
            .flag("json", help: "as JSON (docs/json.md)") { $0.isJSON = true },
        ]
    )
}
