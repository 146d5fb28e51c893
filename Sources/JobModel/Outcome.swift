/// How an attempt ended and what it used.
public struct Outcome: Equatable, Sendable {
    /// Why it ended.
    public enum Cause: String, CaseIterable, Sendable {
        /// The job's first process exited by itself, or a signal from elsewhere ended it.
        case exited
        /// An order to cancel it was carried out.
        case cancelled
        /// Its time limit ran out.
        case timeLimit
        /// An order to run it again was carried out.
        case requeued
        /// Its output, folder or program could not be had.
        case launchFailed
        /// Its supervisor or the machine went away; what was left of it was ended.
        case lost
        /// It never came to life.
        case neverStarted
        /// `schedd` went away in the middle of its launch, and it never came to life.
        case cutOff
    }

    /// Why it ended.
    public var cause: Cause
    /// The exit status of the first process, 0 to 255; 0 where a signal ended it.
    public var exitCode: Int
    /// The signal that ended the first process; 0 for none.
    public var signal: Int
    /// The instant of the end.
    public var endedAt: Timestamp
    /// Time that all its processes spent on CPUs, user and system, in microseconds.
    public var cpuMicroseconds: Int64
    /// The largest resident set of one process, in bytes (getrusage(2), ru_maxrss).
    public var maxRSSBytes: Int64
    /// What went wrong in words, where a launch failed; else empty.
    public var message: String

    /// An end and its figures.
    public init(
        cause: Cause,
        exitCode: Int = 0,
        signal: Int = 0,
        endedAt: Timestamp,
        cpuMicroseconds: Int64 = 0,
        maxRSSBytes: Int64 = 0,
        message: String = ""
    ) {
        self.cause = cause
        self.exitCode = exitCode
        self.signal = signal
        self.endedAt = endedAt
        self.cpuMicroseconds = cpuMicroseconds
        self.maxRSSBytes = maxRSSBytes
        self.message = message
    }

    /// The state of a job that ended so.
    public var state: JobState {
        switch cause {
        case .exited: exitCode == 0 && signal == 0 ? .completed : .failed
        case .cancelled: .cancelled
        case .timeLimit: .timeout
        case .launchFailed: .failed
        case .requeued, .neverStarted, .cutOff: .pending
        case .lost: .nodeFail
        }
    }

    /// Slurm's reason for the end.
    public var reason: Reason {
        switch cause {
        case .exited: signal != 0 ? .raisedSignal : exitCode != 0 ? .nonZeroExitCode : .none
        case .cancelled, .requeued, .neverStarted, .cutOff: .none
        case .timeLimit: .timeLimit
        case .launchFailed: .jobLaunchFailure
        case .lost: .nodeFail
        }
    }
}
