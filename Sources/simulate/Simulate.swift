import CommandLineSupport
import Glibc
import JobModel
import Linux
import Planner
import QueueStore
import Simulation
import Trace

/// What `simulate` does.
struct Simulate {
    private let options: SimulateOptions

    init(_ options: SimulateOptions) {
        self.options = options
    }

    /// Replays, prints what came of it and ends the program.
    func run() -> Never {
        refuseContradictions()
        let workload = excerpt()
        let settings = options.changes.isEmpty ? combinations(workload) : whatIfs(workload)
        let page = openPlot()
        let runs = settings.map(replay)
        if let page, let run = runs.first { draw(run, on: page) }
        Program.finish(isSingle ? single(runs[0]) : several(runs, workload))
    }

    private var isSingle: Bool { !options.isComparison && options.changes.isEmpty }

    // MARK: The command line

    private func refuseContradictions() {
        if options.trace == nil && !options.isFromHistory {
            refuse("there is nothing to replay; give --trace FILE or --from-history")
        }
        if options.trace != nil && options.isFromHistory {
            refuse("--trace and --from-history are two workloads; use one of them")
        }
        if options.isComparison && !options.changes.isEmpty {
            refuse("--compare and --what-if are two questions; use one of them")
        }
        if !isSingle && options.plot != nil {
            refuse("--plot draws one replay; leave out --compare and --what-if")
        }
        guard !options.isComparison else { return }
        for (name, count) in [
            ("policy", options.policies.count), ("backfill", options.backfills.count),
            ("estimates", options.estimates.count),
        ] where count > 1 {
            refuse("--\(name): several are run with --compare only; name one")
        }
    }

    private func refuse(_ message: String) -> Never { Program.fail(message, .usage) }

    // MARK: The workload

    private func excerpt() -> Workload {
        let workload = options.trace.map(read) ?? fromHistory()
        if workload.jobs.isEmpty {
            let reason = workload.unusable.map { "; \($0)" } ?? ""
            Program.fail(
                "\(workload.title): there is no job that can be replayed\(reason)",
                .refused
            )
        }
        guard let positions = options.positions else { return workload }
        guard let excerpt = workload.excerpt(positions) else {
            Program.fail(
                "--jobs: '\(positions.lowerBound)' is behind the last job; there are "
                    + "\(workload.jobs.count)",
                .refused
            )
        }
        return excerpt
    }

    private func read(_ path: ByteString) -> Workload {
        let isInput = path == "-"
        let name = isInput ? "standard input" : path.string
        let trace: Trace
        do throws(TraceError) {
            trace =
                isInput
                ? try Trace(reading: Descriptor(owning: STDIN_FILENO))
                : try Trace(path: path.bytes)
        } catch {
            let isUnreadable = if case .unreadable = error { true } else { false }
            Program.fail("\(name): \(error)", isUnreadable ? .inputOutput : .refused)
        }
        if let (line, problem) = trace.firstBadLine {
            let count = trace.badLines
            Program.warn(
                "\(name): \(count) line\(count == 1 ? " is no job and is" : "s are no jobs and are") "
                    + "left out; \(count == 1 ? "line" : "the first, line") \(line), \(problem)"
            )
        }
        guard let processors = options.processors ?? trace.processors.map({ Int($0) }) else {
            Program.fail(
                "\(name): the header does not say how many processors there were; give --procs N",
                .usage
            )
        }
        let base = path.bytes.split(separator: UInt8(ascii: "/")).last.map { Array($0) }
        let title = isInput ? name : ByteString(base ?? path.bytes).string
        return Workload(trace, title: title, processors: processors)
    }

    private func fromHistory() -> Workload {
        Program.withQueue { store in
            guard var facts = try store.machineFacts() else {
                Program.fail(
                    "schedd has never run for this queue, so there is no history; start it with "
                        + "schedd --background",
                    .refused
                )
            }
            if let processors = options.processors { facts.cpus = processors }
            return try Workload(store, facts: facts)
        }
    }

    // MARK: What is replayed

    private func combinations(_ workload: Workload) -> [Setting] {
        let isOpen = options.isComparison
        let policies =
            !options.policies.isEmpty ? options.policies : isOpen ? Policy.allCases : [.fifo]
        let backfills =
            !options.backfills.isEmpty
            ? options.backfills : isOpen ? Backfill.Kind.allCases : [.easy]
        let estimates = options.estimates.isEmpty ? [.user] : options.estimates
        var settings: [Setting] = []
        var refusal: SchemeError?
        for policy in policies {
            for backfill in backfills {
                for kind in estimates {
                    do {
                        settings.append(try setting(workload, policy, backfill, kind))
                    } catch {
                        refusal = error
                    }
                }
            }
        }
        if let refusal, settings.isEmpty { refuse("\(refusal)") }
        return settings
    }

    private func whatIfs(_ workload: Workload) -> [Setting] {
        let policy = options.policies.first ?? .fifo
        let backfill = options.backfills.first ?? .easy
        let estimates = options.estimates.first ?? .user
        do {
            return try [setting(workload, policy, backfill, estimates)]
                + options.changes.map { text, changes in
                    var machine = workload.machine
                    var (policy, backfill, estimates) = (policy, backfill, estimates)
                    for change in changes {
                        switch change {
                        case .policy(let value): policy = value
                        case .backfill(let value): backfill = value
                        case .estimates(let value): estimates = value
                        case .cpus, .gpus, .memory: machine.apply(change)
                        }
                    }
                    let other = workload.on(machine)
                    if other.jobs.isEmpty {
                        refuse("--what-if \(text): no job fits such a machine; leave it more")
                    }
                    var setting = try setting(other, policy, backfill, estimates)
                    setting.label = text
                    return setting
                }
        } catch {
            refuse("\(error)")
        }
    }

    private func setting(
        _ workload: Workload,
        _ policy: Policy,
        _ backfill: Backfill.Kind,
        _ estimates: ReplayOptions.Estimates
    ) throws(SchemeError) -> Setting {
        let scheme = try Scheme(
            policy,
            backfill: Backfill(backfill),
            preemption: options.preemption,
            maximumWait: options.maximumWait
        )
        let machine = workload.machine
        return Setting(
            workload: workload,
            options: ReplayOptions(
                scheme: scheme,
                processors: machine.processors,
                gpus: machine.gpus,
                memory: machine.memory,
                estimates: estimates,
                defaultEstimate: options.defaultEstimate
            )
        )
    }

    private func replay(_ setting: Setting) -> Run {
        let scheme = setting.options.scheme
        var bar = ProgressBar(
            setting.label ?? "\(scheme.policy.rawValue) \(scheme.backfill.kind.rawValue)"
        )
        do {
            let result = try Replay.run(setting.workload.jobs, setting.options) { done in
                bar.show(done, of: setting.workload.jobs.count)
            }
            bar.end()
            return Run(setting, result)
        } catch {
            bar.end()
            Program.fail("\(setting.workload.title): \(error)", .refused)
        }
    }

    // MARK: What came of it

    private func single(_ run: Run) -> OutputBuffer {
        guard options.isJSON else { return Report(run: run).text() }
        var writer = JSONWriter()
        writer.object(of: run)
        writer.endLine()
        return writer.output
    }

    private func several(_ runs: [Run], _ workload: Workload) -> OutputBuffer {
        let recorded = workload.recorded.map {
            Metrics(of: workload.jobs, $0, processors: workload.machine.processors)
        }
        let comparison = Comparison(runs: runs, recorded: recorded)
        guard options.isJSON else { return comparison.table() }
        var writer = JSONWriter()
        writer.object(of: comparison)
        writer.endLine()
        return writer.output
    }

    /// Opened before the replay, so that nobody waits for one whose drawing has no place.
    private func openPlot() -> Descriptor? {
        guard let path = options.plot else { return nil }
        do {
            return try openFile(
                in: AT_FDCWD,
                path.bytes,
                O_WRONLY | O_CREAT | O_TRUNC,
                mode: 0o666
            )
        } catch {
            Program.fail("--plot: \(path.string): \(error.reason)", .inputOutput)
        }
    }

    private func draw(_ run: Run, on page: borrowing Descriptor) {
        do {
            try page.write(Plot(run).svg().bytes)
        } catch {
            Program.fail("--plot: \(error.reason)", .inputOutput)
        }
    }
}

extension Workload.Machine {
    /// Makes the machine larger or smaller; what it books is bounded by what can be counted with.
    fileprivate mutating func apply(_ change: Change) {
        switch change {
        case .cpus(let amount):
            processors = Int(
                amount.applied(to: Int64(processors), in: 1...Change.mostProcessors)
            )
        case .gpus(let amount):
            gpus = Int(
                amount.applied(to: Int64(gpus), in: 0...Int64(Capacity.largestGPUIndex + 1))
            )
        case .memory(let amount): memory = amount.applied(to: memory, in: 0...Int64.max)
        case .policy, .backfill, .estimates: break
        }
    }
}
