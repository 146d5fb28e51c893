/// When `srtf` may stop a running job for a much shorter one.
public struct Preemption: Hashable, Sendable {
    /// Seconds that a job runs undisturbed after each of its starts; 0 or more.
    public var minimumSlice: Int64
    /// So many times the other's remaining time must be left of it; 1 or more.
    public var gain: Double

    /// By default ten minutes, and twice the remaining time.
    public init(minimumSlice: Int64 = 600, gain: Double = 2) {
        self.minimumSlice = minimumSlice
        self.gain = gain
    }
}
