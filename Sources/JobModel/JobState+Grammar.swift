extension JobState {
    /// A state by its name or its code, in any case.
    ///
    /// - Throws: a ``ParseError`` for anything else, also for states that no job here can have.
    public init(parsing text: ByteString) throws(ParseError) {
        guard
            let state = Self.allCases.first(where: {
                text.bytes.equalsIgnoringCase($0.rawValue.lowercased())
                    || text.bytes.equalsIgnoringCase($0.code.lowercased())
            })
        else { throw ParseError(text, .jobState) }
        self = state
    }
}
