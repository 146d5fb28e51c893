/// Why a workload cannot be replayed.
public enum ReplayError: Error, Hashable, Sendable {
    /// A job asks for more than the machine has: it could never run.
    case impossible(number: Int64)
    /// A job's amounts or times are nothing that can be counted with.
    case outOfRange(number: Int64)
}

extension ReplayError: CustomStringConvertible {
    /// One line: the job, and what would be right.
    public var description: String {
        switch self {
        case .impossible(let number):
            "job '\(number)' does not fit the machine; leave it out, or give the machine more"
        case .outOfRange(let number):
            "job '\(number)' has numbers out of range; use submits from 0 to 2^40 s, run times and "
                + "limits from 1 to 2^31 s, and 1 processor or more"
        }
    }
}
