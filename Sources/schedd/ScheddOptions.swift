import CommandLineSupport
import JobModel

/// What `schedd`'s options say.
struct ScheddOptions: Sendable {
    var configuration: ByteString?
    var isBackground = false
    var stops = false
    var cancelsJobs = false
    var probesGPUs = false

    static let table = OptionTable<ScheddOptions>(
        forms: ["[options]"],
        summary: """
            Runs the jobs of the queue: decides what starts, starts it on cores and GPUs of its own, \
            and records its end. Jobs run on when schedd stops.
            """,
        options: [
            .value(
                "config",
                letter: "f",
                "FILE",
                completing: .files,
                variable: "SLUICE_CONF",
                help: "the configuration (default /etc/sluice/schedd.toml, where there is one)"
            ) { target, file in target.configuration = file },
            .flag("background", letter: "b", help: "come back once it is ready, and run on") {
                $0.isBackground = true
            },
            .flag("stop", help: "stop the schedd that runs; its jobs run on") { $0.stops = true },
            .flag("cancel-jobs", help: "with --stop: cancel all jobs first, and wait for them") {
                $0.cancelsJobs = true
            },
            .flag("probe-gpus", help: "print what NVIDIA's library says of the GPUs, and end") {
                $0.probesGPUs = true
            },
        ]
    )
}
