import CommandLineSupport
import JobModel

/// What `cancel`'s options say.
struct CancelOptions: Sendable {
    var signal: Signal?
    var names: [ByteString] = []
    var users: ByteString?
    var isMine = false
    var states: JobStateFilter?
    var isVerbose = false
    var isQuiet = false

    /// Whether jobs are chosen by what they are, not by number.
    var hasFilter: Bool { !names.isEmpty || users != nil || isMine || states != nil }

    static let table = OptionTable<CancelOptions>(
        forms: ["[options] JOB...", "[options] --name NAME | --user USER | --state STATE | --me"],
        summary: """
            Cancels jobs: what waits never runs, what runs gets SIGTERM and, after the grace time, \
            SIGKILL, with everything that it has started.
            """,
        mixesOperands: true,
        options: [
            .value(
                "signal",
                letter: "s",
                "SIGNAL",
                variable: "SCANCEL_SIGNAL",
                help: "send this signal to what runs; KILL cancels"
            ) { target, text throws(ParseError) in target.signal = try Signal(parsing: text) },
            .value(
                "name",
                letter: "n",
                "NAME,...",
                variable: "SCANCEL_NAME",
                help: "jobs of these names"
            ) { target, text throws(ParseError) in target.names = try list(text).members },
            .value(
                "user",
                letter: "u",
                "USER,...",
                variable: "SCANCEL_USER",
                help: "jobs of these users"
            ) { target, text throws(ParseError) in target.users = try list(text) },
            .flag("me", help: "my jobs") { $0.isMine = true },
            .value(
                "state",
                letter: "t",
                "STATE,...",
                variable: "SCANCEL_STATE",
                help: "jobs in these states: PENDING, RUNNING"
            ) { target, text throws(ParseError) in
                target.states = try JobStateFilter(parsing: text)
            },
            .flag("verbose", letter: "v", help: "say what is cancelled") { $0.isVerbose = true },
            .flag("quiet", letter: "Q", help: "say nothing of jobs that are not there; status 0") {
                $0.isQuiet = true
            },
        ]
    )

    /// A list that has a member at least: an empty one would choose every job.
    private static func list(_ text: ByteString) throws(ParseError) -> ByteString {
        guard !text.members.isEmpty else { throw ParseError(text, .someText) }
        return text
    }
}
