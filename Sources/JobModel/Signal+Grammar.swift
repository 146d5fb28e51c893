extension Signal {
    /// A signal's name, with or without SIG and in any case, or its number.
    ///
    /// - Throws: a ``ParseError`` for anything else.
    public init(parsing text: ByteString) throws(ParseError) {
        var reader = ByteReader(text)
        if let number = reader.takeNumber(upTo: Int64(Self.largestNumber)), number > 0 {
            guard reader.isAtEnd else { throw ParseError(text, .signal) }
            self.init(number: Int32(number))
            return
        }
        var name = text.bytes[...]
        if name.prefix(3).equalsIgnoringCase("sig") { name = name.dropFirst(3) }
        guard
            let index = Self.names.firstIndex(where: { name.equalsIgnoringCase($0.lowercased()) })
        else { throw ParseError(text, .signal) }
        self.init(number: Int32(index) + 1)
    }
}

extension Signal: CustomStringConvertible {
    /// The name without SIG, such as `TERM`; the number where there is no name.
    public var description: String {
        number <= Self.names.count ? Self.names[Int(number) - 1] : "\(number)"
    }
}
