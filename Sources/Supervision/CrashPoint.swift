#if CRASH_POINTS
    internal import Glibc
#endif

/// A place in the launch protocol where a test can make the program die.
///
/// In debug builds, the variable `SLUICE_CRASH_POINT` names the point at which the program kills
/// itself; release builds have none of it.
public enum CrashPoint: String, CaseIterable, Sendable {
    /// `schedd`: the record has its name, but neither lock nor size.
    case recordMade
    /// `schedd`: the record is locked and says whose it is.
    case recordLocked
    /// `schedd`: the supervisor is started, its lock held here, too.
    case supervisorSpawned
    /// `schedd`: an order stands in the record, the supervisor does not know.
    case orderWritten
    /// `schedd`: the script's folder is gone, the record not.
    case scriptFolderRemoved
    /// `stepd`: nothing done.
    case supervisorStarted
    /// `stepd`: its own process stands in the run slot.
    case supervisorNoted
    /// `stepd`: the script is written.
    case scriptWritten
    /// `stepd`: the first process waits, nothing says so.
    case jobForked
    /// `stepd`: the first process stands in the run slot and waits.
    case jobNoted
    /// `stepd`: the first process goes on.
    case jobReleased
    /// `stepd`: the first process has ended.
    case jobEnded
    /// `stepd`: an order is carried out, but not noted.
    case orderCarriedOut
    /// `stepd`: everything of the job is gone.
    case jobCleared
    /// `stepd`: the end stands in the record.
    case exitWritten
    /// `stepd`: the bell is rung.
    case bellRung
}

/// Dies here if a test asked for it.
@inline(__always)
func crashPoint(_ point: CrashPoint) {
    #if CRASH_POINTS
        guard let wanted = unsafe getenv("SLUICE_CRASH_POINT"),
            unsafe String(cString: wanted) == point.rawValue
        else { return }
        kill(getpid(), SIGKILL)
    #endif
}
