/// A length of time as the tools print it, in whole seconds.
public struct ElapsedTime: Hashable, Sendable {
    /// The seconds, 0 or more.
    public var seconds: Int64

    /// So many seconds; a negative number counts as 0.
    public init(seconds: Int64) {
        self.seconds = Swift.max(seconds, 0)
    }

    /// Whole days.
    public var days: Int64 { seconds / 86_400 }

    /// Hours beyond the days, 0 to 23.
    public var hours: Int64 { seconds / 3_600 % 24 }

    /// Minutes beyond the hours, 0 to 59.
    public var minutes: Int64 { seconds / 60 % 60 }

    /// As scontrol(1) and sacct(1) print it: `00:01:08`, `1-02:00:00`.
    public var paddedDescription: String {
        let day = days > 0 ? "\(days)-" : ""
        return "\(day)\(padded(hours)):\(padded(minutes)):\(padded(seconds % 60))"
    }

    /// CPU time as sacct(1) prints it: `00:00.115` under an hour, then `01:00:00`, `1-02:00:00`.
    public static func cpuDescription(microseconds: Int64) -> String {
        let time = ElapsedTime(seconds: microseconds / 1_000_000)
        guard time.seconds < 3_600 else { return time.paddedDescription }
        let milliseconds = Swift.max(microseconds, 0) / 1_000 % 1_000
        let fraction = String(milliseconds + 1_000).dropFirst()
        return "\(padded(time.minutes)):\(padded(time.seconds % 60)).\(fraction)"
    }
}

extension ElapsedTime: CustomStringConvertible {
    /// As squeue(1) prints it, without leading zeros: `0:00`, `1:08`, `1:03:00`, `1-02:00:00`.
    public var description: String {
        guard seconds < 86_400 else { return paddedDescription }
        let tail = "\(padded(seconds % 60))"
        return seconds < 3_600 ? "\(minutes):\(tail)" : "\(hours):\(padded(minutes)):\(tail)"
    }
}

private func padded(_ field: Int64) -> String {
    field < 10 ? "0\(field)" : "\(field)"
}
