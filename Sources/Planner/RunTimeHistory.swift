public import JobModel

/// How long the last runs took, under keys, and what that foretells.
///
/// The mean of the last two is as good a prediction as any (Tsafrir, Etsion, Feitelson, TPDS 2007).
/// Of the keys, about as many are kept as `capacity` says, those in use.
public struct RunTimeHistory<Key: Hashable & Sendable>: Sendable {
    private struct Last {
        var run: Int64
        /// The run before it; nil where there was none.
        var before: Int64?
    }

    private let capacity: Int
    private var recent: [Key: Last] = [:]
    private var old: [Key: Last] = [:]

    /// No history yet; so many keys are kept, or up to twice as many.
    public init(capacity: Int = 100_000) {
        self.capacity = capacity
    }

    /// A run has ended after so many seconds.
    public mutating func record(_ seconds: Int64, under key: Key) {
        let last = recent[key] ?? old[key]
        recent[key] = Last(run: seconds, before: last?.run)
        guard recent.count > capacity else { return }
        old = recent
        recent = [:]
    }

    /// What to expect of a run in whole seconds: the mean of the last two under the key, rounded
    /// down, from 1 to `limit`; nil where fewer than two are known.
    public func prediction(under key: Key, limit: Int64? = nil) -> Int64? {
        guard let last = recent[key] ?? old[key], let before = last.before else { return nil }
        let mean = last.run.addingSaturating(before) / 2
        return max(1, min(mean, limit ?? .max))
    }
}

/// Under what a job's run time is remembered, the most telling first.
public enum RunTimeKey: Hashable, Sendable {
    /// A user's jobs of one name.
    case name(ByteString, user: String)
    /// A user's jobs.
    case user(String)
    /// All jobs of a partition.
    case partition(String)

    /// All keys of a job, the most telling first.
    public static func all(name: ByteString, user: String, partition: String) -> [RunTimeKey] {
        [.name(name, user: user), .user(user), .partition(partition)]
    }
}

extension RunTimeHistory where Key == RunTimeKey {
    /// Seconds after its start within which a failure says nothing about a job's run time.
    public static let shortestFailure: Int64 = 10

    /// A job has ended after so many seconds; one that failed at once tells nothing.
    public mutating func record(_ seconds: Int64, hasFailed: Bool, under keys: [RunTimeKey]) {
        if hasFailed, seconds < Self.shortestFailure { return }
        for key in keys { record(seconds, under: key) }
    }

    /// The prediction under the first of the keys that has one.
    public func prediction(under keys: [RunTimeKey], limit: Int64? = nil) -> Int64? {
        for key in keys {
            if let prediction = prediction(under: key, limit: limit) { return prediction }
        }
        return nil
    }
}
