/// A workload that somebody recorded: its jobs as their lines have them, and its machine.
public struct Trace: Sendable {
    /// The jobs, in the order of their lines.
    public internal(set) var records: [TraceRecord] = []
    /// The header's MaxProcs; nil where it has none.
    public internal(set) var maxProcs: Int64?
    /// The header's MaxNodes; nil where it has none.
    public internal(set) var maxNodes: Int64?
    /// Lines that are neither header, nor blank, nor a job.
    public internal(set) var badLines = 0
    /// The first of them, counted from 1, and what is wrong with it.
    public internal(set) var firstBadLine: (line: Int, problem: BadLine)?

    /// The machine's processors as the header has them.
    public var processors: Int64? { maxProcs ?? maxNodes }

    /// Checks what was read.
    ///
    /// - Throws: a ``TraceError`` where it is no trace: without any job, or with more bad lines
    ///   than jobs.
    func check() throws(TraceError) {
        if let (line, problem) = firstBadLine, badLines > records.count {
            throw .noTrace(line: line, problem)
        }
        if records.isEmpty { throw .noJobs }
    }
}
