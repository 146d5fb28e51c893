import CommandLineSupport
import JobModel

/// What `queue`'s options say.
struct QueueOptions: Sendable {
    var jobs: [JobReference]?
    var users: ByteString?
    var isMine = false
    var names: [ByteString] = []
    var states: JobStateFilter?
    var showsAllStates = false
    var format: FormatSpecification?
    var isLong = false
    var showsStart = false
    var hasNoHeader = false
    var isJSON = false
    var splitsArrays = false
    var followed: JobReference?

    static let table = OptionTable<QueueOptions>(
        forms: ["[options] [JOB...]", "--follow JOB"],
        summary: "Lists the jobs that wait and run.",
        options: [
            .value(
                "jobs",
                letter: "j",
                "JOB,...",
                help: "these jobs, array tasks (9_4) alone"
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
            ) { target, text in
                target.names += text.bytes.split(separator: UInt8(ascii: ",")).map {
                    ByteString(Array($0))
                }
            },
            .value(
                "states",
                letter: "t",
                "STATE,...",
                variable: "SQUEUE_STATES",
                help: "jobs in these states, such as PD,R; 'all' adds what ended within 5 minutes"
            ) { target, text throws(ParseError) in
                target.showsAllStates = text.string.lowercased() == "all"
                target.states = target.showsAllStates ? nil : try JobStateFilter(parsing: text)
            },
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
            .flag("long", letter: "l", help: "with states in full and time limits") {
                $0.isLong = true
            },
            .flag("start", help: "when those that wait are expected to start") {
                $0.showsStart = true
            },
            .flag("array", letter: "r", help: "a line for each task of an array") {
                $0.splitsArrays = true
            },
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
}
