extension JobID {
    /// A job's number in decimal.
    ///
    /// - Throws: a ``ParseError`` for anything but a whole number of 1 or more.
    public init(parsing text: ByteString) throws(ParseError) {
        var reader = ByteReader(text)
        guard let number = reader.takeNumber(), number > 0, reader.isAtEnd else {
            throw ParseError(text, .jobReference)
        }
        self.init(rawValue: number)
    }
}

extension JobReference {
    /// `17`, the task `17_4`, the tasks `17_[1-3,7]`, or all of an array as `17` or `17_*`.
    ///
    /// A `%LIMIT` in the brackets, as listings show it, is passed over.
    ///
    /// - Throws: a ``ParseError`` for anything else.
    public init(parsing text: ByteString) throws(ParseError) {
        var reader = ByteReader(text)
        try self.init(reading: &reader, of: text)
        guard reader.isAtEnd else { throw ParseError(text, .jobReference) }
    }

    /// A list of references with commas between.
    ///
    /// - Throws: a ``ParseError`` with the member that is wrong.
    public static func list(parsing text: ByteString) throws(ParseError) -> [JobReference] {
        var references: [JobReference] = []
        for member in membersOfList(text.bytes) {
            references.append(try JobReference(parsing: ByteString(Array(member))))
        }
        return references
    }

    /// Reads a reference as far as it goes.
    init(reading reader: inout ByteReader, of text: ByteString) throws(ParseError) {
        guard let number = reader.takeNumber(), number > 0 else {
            throw ParseError(text, .jobReference)
        }
        let id = JobID(rawValue: number)
        guard reader.take("_") else {
            self.init(id: id)
            return
        }
        if reader.take("*") {
            self.init(id: id)
        } else if reader.next == UInt8(ascii: "[") {
            let list = reader.take { $0 != UInt8(ascii: "]") } + [UInt8(ascii: "]")]
            guard reader.take("]") else { throw ParseError(text, .jobReference) }
            let array = try ArraySpecification(parsing: ByteString(Array(list)))
            self.init(id: id, tasks: array.indices)
        } else if let index = reader.takeNumber(upTo: Int64(ArrayIndexSet.largestIndex)) {
            self.init(id: id, tasks: ArrayIndexSet(Int(index)))
        } else {
            throw ParseError(text, .jobReference)
        }
    }

    /// The parts between commas that are not in brackets.
    private static func membersOfList(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var isInBrackets = false
        return bytes.split(omittingEmptySubsequences: false) { byte in
            switch byte {
            case UInt8(ascii: "["): isInBrackets = true
            case UInt8(ascii: "]"): isInBrackets = false
            default: break
            }
            return byte == UInt8(ascii: ",") && !isInBrackets
        }
    }
}

extension JobReference: CustomStringConvertible {
    /// `17`, `17_4` or `17_[1-3,7]`.
    public var description: String {
        guard let tasks else { return id.description }
        return tasks.count == 1 ? "\(id)_\(tasks)" : "\(id)_[\(tasks)]"
    }
}
