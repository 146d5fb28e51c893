import CommandLineSupport
import JobModel

extension SubmitOptions {
    /// The most of anything that can be counted on a machine: beyond it is a mistake.
    private static let most: Int64 = 1_000_000
    /// Slurm's bounds of `--nice`.
    private static let niceRange: ClosedRange<Int64> = -2_147_483_645...2_147_483_645
    /// Slurm's bounds of `--priority`.
    private static let priorityRange: ClosedRange<Int64> = 0...4_294_967_294

    /// The options of `submit`.
    static let table = OptionTable(
        forms: [
            "[options] script [arguments...]", "[options] command [arguments...]",
            "[options] < script", "[options] --wrap='shell line'",
        ],
        summary: """
            Puts a batch job in the queue. A script starts with #! and may carry options in \
            #SBATCH lines; the command line wins over SBATCH_ variables, and these win over \
            the script.
            """,
        unsupported: { SubmitOptions.unsupported },
        options: naming + requesting + files + starting + others
    )

    private typealias Option = OptionTable<SubmitOptions>.Option

    private static var naming: [Option] {
        [
            .value(
                "job-name",
                letter: "J",
                "NAME",
                variable: "SBATCH_JOB_NAME",
                help: "the job's name; the script's or the command's by default"
            ) { options, text throws(ParseError) in
                options.name = try nonEmpty(text)
            },
            .value("comment", "TEXT", help: "a note that is kept with the job") { options, text in
                options.comment = text
            },
            .value("wrap", "LINE", help: "run a line of shell, by /bin/sh") { options, text in
                options.wrap = text
            },
        ]
    }

    private static var requesting: [Option] {
        [
            .value(
                "cpus-per-task",
                letter: "c",
                "N",
                help: "physical cores for each task; 1 by default"
            ) {
                options,
                text throws(ParseError) in
                options.request.cpusPerTask = try Int(Int64(parsing: text, in: 1...most))
            },
            .value("ntasks", letter: "n", "N", help: "tasks, each with its own cores; 1 by default")
            {
                options,
                text throws(ParseError) in
                options.request.tasks = try Int(Int64(parsing: text, in: 1...most))
            },
            .value(
                "mem",
                "SIZE",
                variable: "SBATCH_MEM_PER_NODE",
                help: "memory, in M or with K, M, G, T; 0 is all of it"
            ) { options, text throws(ParseError) in
                options.request.memory = try MemoryRequest(parsing: text)
            },
            .value(
                "mem-per-cpu",
                "SIZE",
                variable: "SBATCH_MEM_PER_CPU",
                help: "memory for each core asked for"
            ) { options, text throws(ParseError) in
                options.request.memory = try MemoryRequest(parsingPerCPU: text)
            },
            .value(
                "gpus",
                letter: "G",
                "[TYPE:]N",
                variable: "SBATCH_GPUS",
                help: "GPUs, perhaps of one type"
            ) { options, text throws(ParseError) in
                options.request.gpus = try GPURequest(parsing: text)
            },
            .value(
                "gres",
                "gpu[:TYPE][:N]",
                variable: "SBATCH_GRES",
                help: "GPUs, as Slurm's generic resources are asked for"
            ) { options, text throws(ParseError) in
                options.request.gpus = try GPURequest(parsingGenericResource: text)
            },
            .value(
                "gpu-memory",
                "SIZE",
                variable: "SBATCH_GPU_MEMORY",
                help: "share one GPU with others: so much of its memory; 0 for all of it"
            ) { options, text throws(ParseError) in
                let size = try MemorySize(parsing: text)
                options.gpuMemory = size.bytes == 0 ? nil : size
            },
            .value(
                "hint",
                "HINT",
                completing: .words("multithread nomultithread"),
                variable: "SBATCH_HINT",
                help: "nomultithread: one hardware thread of each core only"
            ) { options, text throws(ParseError) in
                options.request.oneThreadPerCore =
                    try word(text, of: ["multithread", "nomultithread"]) == 1
            },
            .value(
                "time",
                letter: "t",
                "TIME",
                variable: "SBATCH_TIMELIMIT",
                help: "how long it may run: minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S"
            ) { options, text throws(ParseError) in
                options.timeLimit = try TimeLimit(parsing: text)
            },
        ]
    }

    private static var files: [Option] {
        [
            .value(
                "output",
                letter: "o",
                "PATTERN",
                completing: .files,
                variable: "SBATCH_OUTPUT",
                help: "file for what it prints; slurm-%j.out by default, slurm-%A_%a.out in arrays"
            ) { options, text throws(ParseError) in
                options.output = try nonEmpty(text)
            },
            .value(
                "error",
                letter: "e",
                "PATTERN",
                completing: .files,
                variable: "SBATCH_ERROR",
                help: "file for its standard error; the output's by default"
            ) { options, text throws(ParseError) in
                options.error = try nonEmpty(text)
            },
            .value(
                "input",
                letter: "i",
                "PATTERN",
                completing: .files,
                variable: "SBATCH_INPUT",
                help: "file for its standard input; /dev/null by default"
            ) { options, text throws(ParseError) in
                options.input = try nonEmpty(text)
            },
            .value(
                "open-mode",
                "MODE",
                completing: .words("append truncate"),
                variable: "SBATCH_OPEN_MODE",
                help: "append to its output files, or truncate them, which is the default"
            ) { options, text throws(ParseError) in
                options.appendsOutput = try word(text, of: ["truncate", "append"]) == 1
            },
            .value(
                "chdir",
                letter: "D",
                "FOLDER",
                completing: .folders,
                help: "the folder that it starts in; the current one by default"
            ) { options, text throws(ParseError) in
                options.workDirectory = try nonEmpty(text)
            },
        ]
    }

    private static var starting: [Option] {
        [
            .value(
                "array",
                letter: "a",
                "INDICES",
                variable: "SBATCH_ARRAY_INX",
                help: "one task for each index: N, N-M, N-M:STEP, %LIMIT for how many at once"
            ) { options, text throws(ParseError) in
                // None, as for sbatch.
                options.array = text.bytes.isEmpty ? nil : try ArraySpecification(parsing: text)
            },
            .value(
                "dependency",
                letter: "d",
                "KIND:ID",
                help: """
                    wait for other jobs: after, afterany, afterok, afternotok, aftercorr, \
                    singleton; joined by ',' for all of them, '?' for any
                    """
            ) { options, text throws(ParseError) in
                // None, as for sbatch: scripts give what they have, which may be nothing.
                let isNone = text.bytes.isEmpty || text == "0"
                options.dependency = isNone ? nil : try Dependency(parsing: text)
            },
            .flag("hold", letter: "H", help: "do not start before it is released") {
                $0.isHeld = true
            },
            .optionalValue("nice", "N", help: "take N off the priority; 100 without N") {
                options,
                text throws(ParseError) in
                options.nice =
                    try text.map { text throws(ParseError) in
                        try Int64(parsing: text, in: niceRange)
                    } ?? 100
            },
            .value("priority", "N", help: "the priority itself; 0 holds the job") {
                options,
                text throws(ParseError) in
                let priority = try Int64(parsing: text, in: priorityRange)
                options.priority = priority == 0 ? nil : priority
                if priority == 0 { options.isHeld = true }
            },
            .flag(
                "requeue",
                variable: "SBATCH_REQUEUE",
                help: "run it again where the machine or its supervisor failed"
            ) { $0.allowsRequeue = true },
            .flag(
                "no-requeue",
                variable: "SBATCH_NO_REQUEUE",
                help: "never run it again by itself"
            ) { $0.allowsRequeue = false },
        ]
    }

    private static var others: [Option] {
        [
            .value(
                "export",
                "LIST",
                variable: "SBATCH_EXPORT",
                help:
                    "the environment: ALL, NONE, NIL, or names and NAME=VALUE, ALL with them or not"
            ) { options, text throws(ParseError) in
                options.export = try ExportRule(parsing: text)
            },
            .flag("parsable", help: "print the job's id alone") { $0.isParsable = true },
            .flag(
                "wait",
                letter: "W",
                variable: "SBATCH_WAIT",
                help: "end with the job, with its exit status"
            ) { $0.waits = true },
        ]
    }

    private static func nonEmpty(_ text: ByteString) throws(ParseError) -> ByteString {
        guard !text.isEmpty else { throw ParseError(text, .someText) }
        return text
    }

    /// Which of these words a text is.
    private static func word(_ text: ByteString, of words: [String]) throws(ParseError) -> Int {
        guard let index = words.firstIndex(of: text.string) else {
            throw ParseError(text, .word(of: words.joined(separator: " or ")))
        }
        return index
    }
}
