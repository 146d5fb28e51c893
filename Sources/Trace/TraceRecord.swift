/// One job of a trace, as its line has it; -1 stands for what is not known.
///
/// Standard Workload Format, version 2.2 (Chapin et al., JSSPP 1999): 18 numbers a line, of which
/// these say what a job was and the others what became of it.
public struct TraceRecord: Hashable, Sendable {
    /// Field 1: the job's number.
    public var number: Int64
    /// Field 2: when it was submitted, in seconds from the trace's start.
    public var submit: Int64
    /// Field 4: how long it ran, in seconds.
    public var runTime: Int64
    /// Field 5: the processors that it got.
    public var allocatedProcessors: Int64
    /// Field 8: the processors that it asked for.
    public var requestedProcessors: Int64
    /// Field 9: the run time that it asked for, in seconds.
    public var requestedTime: Int64
    /// Field 12: the user's number.
    public var user: Int64

    /// The processors that count: those asked for where they are known, else those it got.
    public var processors: Int64 {
        requestedProcessors > 0 ? requestedProcessors : allocatedProcessors
    }
}
