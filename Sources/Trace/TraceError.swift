internal import Linux

/// Why there is no trace to be had from a file.
public enum TraceError: Error, Hashable, Sendable {
    /// The file cannot be read, and why.
    case unreadable(String)
    /// Its compressed data ends too early.
    case truncated
    /// Its compressed data is damaged.
    case damaged
    /// There is nothing in it.
    case empty
    /// It has no line that is a job, or more that are none; the first of those and what is wrong.
    case noTrace(line: Int, BadLine)
    /// It has a header and not one job.
    case noJobs
}

extension TraceError: CustomStringConvertible {
    /// One line, to follow the file's name.
    public var description: String {
        switch self {
        case .unreadable(let reason): reason
        case .truncated: "the compressed data ends too early; fetch the file anew"
        case .damaged: "the compressed data is damaged; fetch the file anew"
        case .empty: "the file is empty; give a trace in the Standard Workload Format"
        case .noTrace(let line, let problem):
            "this is no trace in the Standard Workload Format: line \(line) \(problem)"
        case .noJobs: "the trace holds no job; give one with a line for each"
        }
    }
}

extension TraceError {
    /// A call that failed.
    init(_ error: SystemError) {
        self = .unreadable(error.reason)
    }
}
