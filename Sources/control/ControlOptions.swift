import CommandLineSupport
import JobModel

/// What `control`'s options say.
struct ControlOptions: Sendable {
    var isJSON = false

    static let table = OptionTable<ControlOptions>(
        forms: [
            "hold JOB...", "release JOB...", "requeue JOB...", "show job [--json] [JOB...]",
            "reconfigure", "ping",
        ],
        summary: """
            Changes what waits and runs, shows a job in full, and has schedd read its configuration.
            """,
        mixesOperands: true,
        options: [
            .flag("json", help: "show job: as JSON (docs/json.md)") { $0.isJSON = true }
        ]
    )
}
