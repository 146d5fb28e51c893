import CommandLineSupport
import JobModel
import Planner
import Simulation

/// What `simulate`'s options say.
struct SimulateOptions: Sendable {
    var trace: ByteString?
    var isFromHistory = false
    var policies: [Policy] = []
    var backfills: [Backfill.Kind] = []
    var estimates: [ReplayOptions.Estimates] = []
    var processors: Int?
    var positions: ClosedRange<Int>?
    var defaultEstimate: Int64 = 3_600
    var preemption = Preemption()
    var maximumWait: Int64?
    var changes: [(text: String, changes: [Change])] = []
    var isComparison = false
    var isJSON = false
    var plot: ByteString?

    /// The longest time that an option may name: ten years, in seconds.
    private static let longestTime: Int64 = 315_360_000

    static let table = OptionTable<SimulateOptions>(
        forms: ["--trace FILE [options]", "--from-history [options]"],
        summary: """
            Replays a recorded workload through the planner, and tells how long jobs would \
            have waited and how well the machine would have been used.
            """,
        options: sources + schemes + results
    )

    private static let sources: [OptionTable<SimulateOptions>.Option] = [
        .value(
            "trace",
            letter: "t",
            "FILE",
            completing: .files,
            help: """
                a trace in the Standard Workload Format, packed by gzip or not; - is \
                standard input
                """
        ) { target, text throws(ParseError) in
            if text.isEmpty { throw ParseError(text, .someText) }
            target.trace = text
        },
        .flag("from-history", help: "what this machine's own queue has run") {
            $0.isFromHistory = true
        },
        .value(
            "jobs",
            letter: "j",
            "A-B",
            help: "only the jobs from the A-th to the B-th submitted, counted from 1"
        ) { target, text throws(ParseError) in
            target.positions = try positions(parsing: text)
        },
        .value(
            "procs",
            letter: "n",
            "N",
            help: "the machine's processors (default: what the trace's header says)"
        ) { target, text throws(ParseError) in
            target.processors = Int(try Int64(parsing: text, in: 1...Change.mostProcessors))
        },
    ]

    private static let schemes: [OptionTable<SimulateOptions>.Option] = [
        .value(
            "policy",
            letter: "p",
            "POLICY",
            completing: .words("fifo sjf srtf saf wfp3 unicep f1 greedy multifactor"),
            help: "fifo (default), sjf, srtf, saf, wfp3, unicep, f1, greedy or multifactor"
        ) { target, text throws(ParseError) in
            target.policies = try Policy.list(parsing: text)
        },
        .value(
            "backfill",
            letter: "b",
            "KIND",
            completing: .words("none easy conservative"),
            help: "none, easy (default) or conservative"
        ) { target, text throws(ParseError) in
            target.backfills = try Backfill.Kind.list(parsing: text)
        },
        .value(
            "estimates",
            letter: "e",
            "KIND",
            completing: .words("user perfect predicted"),
            help: """
                user: the limits that users gave (default); perfect: the run times; \
                predicted: from the user's last two jobs
                """
        ) { target, text throws(ParseError) in
            target.estimates = try ReplayOptions.Estimates.list(parsing: text)
        },
        .value(
            "default-estimate",
            "SECONDS",
            help: "what is expected of a job without a limit (default: 3600)"
        ) { target, text throws(ParseError) in
            target.defaultEstimate = try Int64(parsing: text, in: 1...longestTime)
        },
        .value(
            "min-slice",
            "SECONDS",
            help: "srtf stops no job sooner after its start (default: 600)"
        ) { target, text throws(ParseError) in
            target.preemption.minimumSlice = try Int64(parsing: text, in: 0...longestTime)
        },
        .value(
            "gain",
            "FACTOR",
            help: "srtf stops a job only for one that has this many times less to run (default: 2)"
        ) { target, text throws(ParseError) in
            target.preemption.gain = try gain(parsing: text)
        },
        .value(
            "max-wait",
            "SECONDS",
            help: "a job that has waited so long goes first under any policy (default: no bound)"
        ) { target, text throws(ParseError) in
            target.maximumWait = try Int64(parsing: text, in: 0...longestTime)
        },
    ]

    private static let results: [OptionTable<SimulateOptions>.Option] = [
        .flag(
            "compare",
            letter: "c",
            help: """
                all policies and backfills side by side, the best marked; --policy, \
                --backfill and --estimates may then list several with commas between
                """
        ) { $0.isComparison = true },
        .value(
            "what-if",
            letter: "w",
            "CHANGE,...",
            help: """
                the same with another machine or scheme, such as gpus=+1 or \
                cpus=+8,policy=sjf; may be given several times
                """
        ) { target, text throws(ParseError) in
            target.changes.append((text.string, try Change.list(parsing: text)))
        },
        .value(
            "plot",
            "FILE",
            completing: .files,
            help: "draw the replay: cores and GPUs, utilisation, queue, waits (SVG)"
        ) { target, text throws(ParseError) in
            if text.isEmpty { throw ParseError(text, .someText) }
            target.plot = text
        },
        .flag("json", help: "as JSON (docs/json.md)") { $0.isJSON = true },
    ]

    /// `A-B`, from 1, or `A` for that one alone.
    private static func positions(parsing text: ByteString) throws(ParseError) -> ClosedRange<Int> {
        let parts = text.bytes.split(
            separator: UInt8(ascii: "-"),
            omittingEmptySubsequences: false
        )
        let numbers = parts.compactMap { part in
            try? Int64(parsing: ByteString(Array(part)), in: 1...Int64(Int32.max))
        }
        guard let first = numbers.first, let last = numbers.last, numbers.count == parts.count,
            parts.count <= 2, first <= last
        else {
            throw ParseError(text, .positions)
        }
        return Int(first)...Int(last)
    }

    private static func gain(parsing text: ByteString) throws(ParseError) -> Double {
        guard text.bytes.allSatisfy({ 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }),
            let gain = Double(text.string), (1...1_000_000).contains(gain)
        else {
            throw ParseError(text, .factor)
        }
        return gain
    }
}
