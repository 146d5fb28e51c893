internal import Glibc

/// What the processes of an attempt used, as it is told when they have ended (wait4(2)).
struct Usage {
    /// Time on CPUs, user and system, in microseconds.
    private(set) var cpuMicroseconds: Int64 = 0
    /// The largest resident set of one process, in bytes.
    private(set) var maxRSSBytes: Int64 = 0

    /// Adds what a process used, and those that it had waited for.
    mutating func add(_ used: rusage) {
        cpuMicroseconds += used.ru_utime.microseconds + used.ru_stime.microseconds
        maxRSSBytes = max(maxRSSBytes, Int64(used.ru_maxrss) * 1_024)
    }
}

extension timeval {
    fileprivate var microseconds: Int64 { Int64(tv_sec) * 1_000_000 + Int64(tv_usec) }
}
