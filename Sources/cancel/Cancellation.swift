import CommandLineSupport
import JobModel
import Linux
import QueueStore

/// What `cancel` does: each job that is meant, one after the other.
enum Cancellation {
    static func run(_ options: CancelOptions, _ operands: [ByteString]) -> Never {
        guard !operands.isEmpty || options.hasFilter else {
            Program.fail(
                "which jobs? name them by number, or by --name, --user, --state, --me",
                .usage
            )
        }
        var references: [JobReference] = []
        do {
            for operand in operands { references += try JobReference.list(parsing: operand) }
        } catch {
            Program.fail("\(error)", .usage)
        }
        let isComplete = Program.withQueue { store in
            let isComplete = try cancel(references, options, store)
            _ = Doorbell.ring(folder: store.folder.path)
            return isComplete
        }
        Program.exit(isComplete ? .success : .refused)
    }

    /// Whether all that were named are there.
    private static func cancel(
        _ named: [JobReference],
        _ options: CancelOptions,
        _ store: QueueStore
    ) throws -> Bool {
        var references = named
        var isComplete = true
        if options.hasFilter { references = try matching(named, options, store) }
        for reference in references {
            do {
                if options.isVerbose { Program.warn("Terminating job \(reference)") }
                try apply(reference, options, store)
            } catch QueueError.unknownJob(let job) {
                isComplete = isComplete && options.isQuiet
                if !options.isQuiet { Program.warn("\(QueueError.unknownJob(job))") }
            } catch QueueError.notAnArray(let id) {
                isComplete = false
                Program.warn("\(QueueError.notAnArray(id))")
            }
        }
        return isComplete
    }

    private static func apply(
        _ reference: JobReference,
        _ options: CancelOptions,
        _ store: QueueStore
    ) throws {
        let now = Program.now
        guard let signal = options.signal, signal != .kill else {
            let results = try store.cancel(reference, by: Program.user, at: now)
            if options.isVerbose && results.isEmpty {
                Program.warn("job \(reference) is already over")
            }
            return
        }
        for result in try store.signal(reference, signal.number, by: Program.user, at: now) {
            if case .refused(let state) = result, state == .pending {
                Program.warn("job \(reference) is PENDING; only what runs can get a signal")
            }
        }
    }

    private static func matching(
        _ named: [JobReference],
        _ options: CancelOptions,
        _ store: QueueStore
    ) throws -> [JobReference] {
        var filter = JobFilter(named.isEmpty ? .open : .jobs(named))
        filter.names = options.names
        filter.states = options.states
        if options.isMine { filter.uids = [Program.user] }
        if let users = options.users { filter.uids += try Program.users(users, in: store) }
        var found: [JobReference] = []
        try store.forEachJob(filter) { job in
            guard !job.state.isEnded else { return }
            // A set is meant with its waiting tasks alone.
            found.append(
                job.waiting.map { JobReference(id: job.array ?? job.id, tasks: $0) }
                    ?? JobReference(id: job.id)
            )
        }
        return found
    }
}
