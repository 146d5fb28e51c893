/// The number of a job: given once, never used again.
public struct JobID: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number, 1 or more.
    public let rawValue: Int64

    /// A job's number as it stands in the queue.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Orders by age: a later submission has a higher number.
    public static func < (left: JobID, right: JobID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension JobID: CustomStringConvertible {
    /// The number in decimal.
    public var description: String { String(rawValue) }
}

/// One launch of a job: the job and the number of the attempt, counted from 1.
public struct AttemptID: Hashable, Sendable {
    /// The job that is launched; for an array, the task's own id.
    public let job: JobID
    /// Counted from 1 over all launches of the job; never used again.
    public let number: Int

    /// Names an attempt.
    public init(job: JobID, number: Int) {
        self.job = job
        self.number = number
    }
}

extension AttemptID: CustomStringConvertible {
    /// Job and attempt with a full stop between: `17.1`.
    public var description: String { "\(job).\(number)" }
}
