import CommandLineSupport
import JobModel

/// What `queue`'s options say.
struct QueueOptions: Sendable {
    var jobs: [JobReference]?
    var users: ByteString?
    var isMine = false
    var names: [ByteString] = []
    var states: JobStateFilter?
    var format: FormatSpecification?
    var order: SortOrder?
    var isLong = false
    var showsStart = false
    var hasNoHeader = false
    var isJSON = false
    var splitsArrays = false
    var followed: JobReference?

    static let table = OptionTable<QueueOptions>(
        forms: ["[options] [JOB...]", "--follow JOB"],
        summary: "Lists the jobs that wait and run.",
        mixesOperands: true,
        options: choices + [
            .value(
                "format",
                letter: "o",
                "FORMAT",
                variable: "SQUEUE_FORMAT",
                help: "columns as %[[.]WIDTH]LETTER; queue(1) has the letters"
            ) { target, text throws(ParseError) in
                target.format = try FormatSpecification(
                    parsing: text,
                    letters: JobColumns.letters
                )
            },
            .value(
                "sort",
                letter: "S",
                "ORDER",
                variable: "SQUEUE_SORT",
                help: "by these letters, '-' before one to turn it round, such as -p,i"
            ) { target, text throws(ParseError) in target.order = try SortOrder(parsing: text) },
            .flag("long", letter: "l", help: "with states in full and time limits") {
                $0.isLong = true
            },
            .flag("start", help: "what waits, and when it is expected to start") {
                $0.showsStart = true
            },
            .flag(
                "array",
                letter: "r",
                variable: "SQUEUE_ARRAY",
                help: "a line for each task of an array"
            ) { $0.splitsArrays = true },
            .flag("noheader", letter: "h", help: "no line of heads") { $0.hasNoHeader = true },
            .flag("json", help: "as JSON (docs/json.md)") { $0.isJSON = true },
            .value(
                "follow",
                letter: "f",
                "JOB",
                help: "the job's output as it grows; ends with the job, and with its status"
            ) { target, text throws(ParseError) in
                target.followed = try JobReference(parsing: text)
            },
        ]
    )

    /// Those that say which jobs are shown.
    private static var choices: [OptionTable<QueueOptions>.Option] {
        [
            .value(
                "jobs",
                letter: "j",
                "JOB,...",
                help: "these jobs, or array tasks such as 9_4"
            ) { target, text throws(ParseError) in
                target.jobs = (target.jobs ?? []) + (try JobReference.list(parsing: text))
            },
            .value(
                "user",
                letter: "u",
                "USER,...",
                variable: "SQUEUE_USERS",
                help: "jobs of these users"
            ) { target, text in target.users = text },
            .flag("me", help: "my jobs") { $0.isMine = true },
            .value(
                "name",
                letter: "n",
                "NAME,...",
                variable: "SQUEUE_NAMES",
                help: "jobs of these names"
            ) { target, text in target.names = text.members },
            .value(
                "states",
                letter: "t",
                "STATE,...",
                variable: "SQUEUE_STATES",
                help: "jobs in these states, such as PD,R; 'all' adds what ended within 5 minutes"
            ) { target, text throws(ParseError) in
                target.states = try JobStateFilter(parsing: text)
            },
        ]
    }
}
