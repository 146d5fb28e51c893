import CommandLineSupport
import JobModel

/// What `resources`' options say.
struct ResourcesOptions: Sendable {
    var root: ByteString?
    var isJSON = false

    static let table = OptionTable<ResourcesOptions>(
        forms: ["[options]"],
        summary: "Shows the machine: cores, memory and GPUs, and which job holds which.",
        options: [
            .value(
                "sysroot",
                letter: "s",
                "FOLDER",
                completing: .folders,
                help: "read the machine from a stored sysfs and procfs tree instead"
            ) { target, folder in target.root = folder },
            .flag("json", help: "as JSON (docs/json.md)") { $0.isJSON = true },
        ]
    )
}
