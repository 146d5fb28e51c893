internal import JobModel

/// The way of an attempt from its start to its end, as a supervisor goes it.
///
/// Tells what is to be done when something happens, and touches nothing.
struct Course {
    /// How far it is.
    enum Phase: CaseIterable {
        /// The first process runs.
        case running
        /// All were told to end, and have time for it.
        case grace
        /// All that is left is being killed.
        case killing
    }

    /// What happens.
    enum Event: CaseIterable {
        /// The first process has ended, others have not.
        case firstEnded
        /// An order to end it.
        case cancel
        /// An order to end it, for another run.
        case requeue
        /// An order to kill it.
        case kill
        /// Its time is up.
        case limitReached
        /// The time between TERM and KILL is over.
        case graceOver
    }

    /// What is to be done.
    enum Effect: Equatable {
        /// Nothing.
        case wait
        /// Say so in the job's output, send TERM to all and start the grace period.
        case terminate
        /// Send KILL to all, again and again until nobody is left.
        case kill
    }

    private(set) var phase = Phase.running
    /// Why it ends, or will have ended.
    private(set) var cause = Outcome.Cause.exited

    /// What an event leads to.
    mutating func handle(_ event: Event) -> Effect {
        switch (phase, event) {
        case (.running, .firstEnded): return kill(as: .exited)
        case (.running, .cancel): return terminate(as: .cancelled)
        case (.running, .requeue): return terminate(as: .requeued)
        case (.running, .limitReached): return terminate(as: .timeLimit)
        case (.running, .kill): return kill(as: .cancelled)
        // There is none then.
        case (.running, .graceOver): return .wait
        // What the first process leaves behind has the whole grace period.
        case (.grace, .firstEnded): return .wait
        case (.grace, .graceOver): return kill(as: cause)
        case (.grace, .kill): return kill(as: .cancelled)
        case (.grace, .cancel), (.killing, .cancel), (.killing, .kill):
            // Whoever cancels a job that is on its way back does not want it to run again.
            if cause == .requeued { cause = .cancelled }
            return .wait
        case (.grace, .requeue), (.grace, .limitReached): return .wait
        case (.killing, .firstEnded), (.killing, .requeue): return .wait
        case (.killing, .limitReached), (.killing, .graceOver): return .wait
        }
    }

    private mutating func terminate(as cause: Outcome.Cause) -> Effect {
        self.cause = cause
        phase = .grace
        return .terminate
    }

    private mutating func kill(as cause: Outcome.Cause) -> Effect {
        self.cause = cause
        phase = .killing
        return .kill
    }
}
