public import JobModel

/// Which jobs a listing shows.
public struct JobFilter: Sendable {
    /// Where they are looked for.
    public enum Scope: Sendable {
        /// What waits or runs.
        case open
        /// What has ended, at this instant or later.
        case ended(since: Timestamp)
        /// What waits or runs, and what has ended at this instant or later.
        case all(since: Timestamp)
        /// These alone, whatever their state.
        case jobs([JobReference])
    }

    /// Where they are looked for.
    public var scope: Scope
    /// Only these users; empty for all.
    public var uids: [UInt32] = []
    /// Only these states; nil for all.
    public var states: JobStateFilter?
    /// Only these names; empty for all.
    public var names: [ByteString] = []
    /// Whether ``JobRecord/details`` are wanted.
    public var wantsDetails = false

    /// All jobs of a scope.
    public init(_ scope: Scope) {
        self.scope = scope
    }

    func admits(uid: UInt32, state: JobState, name: ByteString) -> Bool {
        (uids.isEmpty || uids.contains(uid)) && (states?.contains(state) ?? true)
            && (names.isEmpty || names.contains(name))
    }
}
