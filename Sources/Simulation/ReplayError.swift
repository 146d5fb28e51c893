/// Why a workload cannot be replayed.
public enum ReplayError: Error, Hashable, Sendable {
    /// A job asks for nothing, or for more than the machine has: it could never run.
    case impossible(number: Int64)
    /// Two jobs have the same number.
    case repeated(number: Int64)
    /// A job's time is not a time that can be counted with.
    case outOfRange(number: Int64)
}

extension ReplayError: CustomStringConvertible {
    /// One line: the job, and what would be right.
    public var description: String {
        switch self {
        case .impossible(let number):
            "job '\(number)' does not fit the machine; leave it out, or give the machine more"
        case .repeated(let number): "there are two jobs '\(number)'; a number names one job"
        case .outOfRange(let number):
            "job '\(number)' has times out of range; use 0 to 2^40 s, and run times from 1 s"
        }
    }
}
