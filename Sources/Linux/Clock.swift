internal import Glibc

/// The kernel's clocks.
public enum Clock {
    /// Microseconds since the epoch (CLOCK_REALTIME); for display and `--begin`.
    public static var realtimeMicroseconds: Int64 { read(CLOCK_REALTIME) }

    /// Microseconds since some instant before the boot, not counting sleep (CLOCK_MONOTONIC); for
    /// durations and limits.
    public static var monotonicMicroseconds: Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
