#if CRASH_POINTS
    internal import Glibc
#endif

/// A place in the launch protocol where a test can make the program die.
///
/// In debug builds, the variable `SLUICE_CRASH_POINT` names the point at which the program kills
/// itself, and with `@2` behind it, that this is to be when it gets there for the second time;
/// release builds have none of it.
public enum CrashPoint: String, CaseIterable, Sendable {
    /// `schedd`: the record has its name, but neither lock nor size.
    case recordMade
    /// `schedd`: the record is locked and says whose it is.
    case recordLocked
    /// `schedd`: the supervisor is started, its lock held here, too.
    case supervisorSpawned
    /// `schedd`: the attempt is on its way to a supervisor, its lock held here, too.
    case attemptHandedOver
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
    /// `stepd`: the record is closed, another attempt may come.
    case supervisorIdle
    /// `stepd`: another attempt has come, nothing shows it.
    case attemptTaken
}

#if CRASH_POINTS
    /// How often the wanted point was reached; programs that have one are single-threaded.
    nonisolated(unsafe) private var timesReached = 0
#endif

/// Dies here if a test asked for it.
@inline(__always)
func crashPoint(_ point: CrashPoint) {
    #if CRASH_POINTS
        guard let variable = unsafe getenv("SLUICE_CRASH_POINT") else { return }
        let wanted = unsafe String(cString: variable).split(separator: "@")
        guard wanted.first == point.rawValue[...] else { return }
        unsafe timesReached += 1
        if unsafe timesReached == (wanted.count == 2 ? Int(wanted[1]) : 1) {
            kill(getpid(), SIGKILL)
        }
    #endif
}
