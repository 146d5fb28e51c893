/// What may start in front of a candidate that waits.
public struct Backfill: Hashable, Sendable {
    /// Whose place is kept.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Nobody's, since nothing goes in front of one that waits.
        case none
        /// The first one's only: what does not delay it may start (Lifka, JSSPP 1995).
        case easy
        /// Everybody's: a place once given only gets earlier (Mu'alem, Feitelson, TPDS 2001).
        case conservative
    }

    /// Whose place is kept.
    public var kind: Kind
    /// How many candidates are looked at behind the first that waits (`easy`), or have a place
    /// kept (`conservative`); 1 or more, nil for all.
    public var depth: Int?
    /// No place is kept that starts later than so many seconds from now; 1 or more, nil for any.
    public var window: Int64?

    /// Backfill of a kind, for so many candidates and so far ahead.
    public init(_ kind: Kind, depth: Int? = nil, window: Int64? = nil) {
        self.kind = kind
        self.depth = depth
        self.window = window
    }

    /// Nothing goes in front of one that waits.
    public static let none = Backfill(.none)
    /// The first one's place is kept.
    public static let easy = Backfill(.easy)
    /// Everybody's place is kept.
    public static let conservative = Backfill(.conservative)
}
