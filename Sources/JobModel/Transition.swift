/// A legal change of a job's state, with all that its target needs.
public enum Transition: Sendable {
    /// Pending to running: this attempt holds this allocation.
    case claim(AttemptID, Allocation)
    /// Running to an end.
    case end(AttemptID, Outcome)
    /// Running back to pending: the attempt never came to life, or the job is to run again.
    case putBack(AttemptID, Outcome)
    /// Pending to cancelled, by this user.
    case cancel(by: UInt32)
    /// An end back to pending, to run again.
    case runAgain

    /// The states that it may leave.
    public var from: [JobState] {
        switch self {
        case .claim, .cancel: [.pending]
        case .end, .putBack: [.running]
        case .runAgain: [.completed, .failed, .cancelled, .timeout, .nodeFail]
        }
    }

    /// The state that it leads to.
    public var to: JobState {
        switch self {
        case .claim: .running
        case .end(_, let outcome): outcome.state
        case .putBack, .runAgain: .pending
        case .cancel: .cancelled
        }
    }
}

/// What came of a transition.
public enum TransitionResult: Equatable, Sendable {
    /// It is in the queue.
    case committed
    /// Somebody else was first: the job was in this state, or is not there at all.
    case lost(found: JobState?)
}
