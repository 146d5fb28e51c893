import CommandLineSupport
import JobModel
import QueueStore

/// What `cancel` does: all jobs that are meant, and a word on those that are not there.
struct Cancellation {
    private let options: CancelOptions
    private let named: [JobReference]
    private var unknown: [JobReference] = []
    /// Whether everything that was named could be meant.
    private var isComplete = true
    /// Whether `schedd` has something to do.
    private var hasOrders = false

    init(_ options: CancelOptions, _ named: [JobReference]) {
        self.options = options
        self.named = named
    }

    /// Does it and ends the program.
    mutating func run() -> Never {
        guard !named.isEmpty || options.hasFilter else {
            Program.fail(
                "which jobs? name them by number, or by --name, --user, --state, --me",
                .usage
            )
        }
        Program.withQueue { store in
            if options.hasFilter {
                try cancelMatching(store)
            } else {
                for job in named { try cancel(job, store) }
            }
            Program.ring(store, hasOrders: hasOrders)
        }
        if options.isQuiet { unknown = [] }
        let status = Program.report(unknown: unknown)
        Program.exit(isComplete ? status : .refused)
    }

    /// The signal to be sent; nil where jobs are to be cancelled.
    private var signal: Int32? {
        guard let signal = options.signal, signal != .kill else { return nil }
        return signal.number
    }

    private mutating func cancel(_ job: JobReference, _ store: QueueStore) throws {
        do {
            let results =
                try signal.map { try store.signal(job, $0, by: Program.user, at: Program.now) }
                ?? store.cancel(job, by: Program.user, at: Program.now)
            told(job, results)
        } catch QueueError.unknownJob {
            unknown.append(job)
        } catch QueueError.notAnArray(let id) {
            isComplete = false
            Program.warn("\(QueueError.notAnArray(id))")
        }
    }

    private mutating func cancelMatching(_ store: QueueStore) throws {
        var filter = JobFilter(named.isEmpty ? .open : .jobs(named))
        filter.names = options.names
        filter.states = options.states
        if options.isMine { filter.uids = [Program.user] }
        if let users = options.users { filter.uids += try Program.users(users, in: store) }
        let (user, now) = (Program.user, Program.now)
        unknown =
            if let signal {
                try store.signal(filter, signal, by: user, at: now) { told($0, $1) }
            } else {
                try store.cancel(filter, by: user, at: now) { told($0, $1) }
            }
    }

    private mutating func told(_ job: JobReference, _ results: [ChangeResult]) {
        if options.isVerbose {
            Program.warn(
                results.isEmpty
                    ? "job \(job) is over already"
                    : options.signal.map { "Signal \($0) to job \(job)" }
                        ?? "Terminating job \(job)"
            )
        }
        for result in results {
            switch result {
            case .done: break
            case .requested: hasOrders = true
            // What was chosen by what it is, is meant as far as the signal can reach it.
            case .refused where options.hasFilter: break
            case .refused(let state):
                isComplete = false
                Program.warn("job \(job) is \(state.rawValue); only what runs can get a signal")
            }
        }
    }
}
