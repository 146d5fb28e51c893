/// What the tools return (sysexits.h, and Slurm's 0 and 1).
public enum ExitStatus: Int32, Sendable {
    /// It is done.
    case success = 0
    /// Refused, unknown, or somebody else was first.
    case refused = 1
    /// The command line is wrong (EX_USAGE).
    case usage = 64
    /// The queue cannot be had (EX_UNAVAILABLE).
    case unavailable = 69
    /// A file could not be read or written (EX_IOERR).
    case inputOutput = 74
    /// The queue is busy; the same may work later (EX_TEMPFAIL).
    case busy = 75
    /// The configuration is wrong (EX_CONFIG).
    case configuration = 78
}
