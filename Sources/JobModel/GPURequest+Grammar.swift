extension GPURequest {
    /// More GPUs than this are refused as a mistake.
    private static let mostGPUs: Int64 = 65_535

    /// The value of `--gpus`: `2`, `a100:2`, or `a100` for one; nil where it is 0.
    ///
    /// - Throws: a ``ParseError`` for anything else.
    public init?(parsing text: ByteString) throws(ParseError) {
        try self.init(fields: text.bytes[...], of: text, .gpus)
    }

    /// The value of `--gres`: `gpu`, `gpu:2`, `gpu:a100`, `gpu:a100:2`; nil for `none` or 0.
    ///
    /// - Throws: a ``ParseError`` for anything else; it says so where the resource is not gpu.
    public init?(parsingGenericResource text: ByteString) throws(ParseError) {
        if text.bytes.equalsIgnoringCase("none") { return nil }
        var reader = ByteReader(text)
        let name = reader.take { $0 != UInt8(ascii: ":") }
        guard name.equalsIgnoringCase("gpu") else {
            throw ParseError(text, name.isEmpty ? .genericResource : .knownGenericResource)
        }
        guard reader.take(":") else {
            self.init(count: 1)
            return
        }
        try self.init(fields: reader.rest, of: text, .genericResource)
    }

    /// `N`, `TYPE` or `TYPE:N`.
    private init?(
        fields: ArraySlice<UInt8>,
        of text: ByteString,
        _ expectation: ParseError.Expectation
    ) throws(ParseError) {
        var reader = ByteReader(fields)
        let word = reader.take { $0.isOfTypeName }
        var type: String?
        var number = word
        if !word.allSatisfy(\.isDigit) {
            type = String(decoding: word.map(\.lowercased), as: UTF8.self)
            number = reader.take(":") ? reader.take { $0.isDigit } : [UInt8(ascii: "1")]
        }
        var digits = ByteReader(number)
        guard word.first != UInt8(ascii: "-"), reader.isAtEnd,
            let count = digits.takeNumber(upTo: Self.mostGPUs), digits.isAtEnd
        else { throw ParseError(text, expectation) }
        if count == 0 { return nil }
        self.init(count: Int(count), type: type)
    }
}

extension GPURequest: CustomStringConvertible {
    /// As `--gpus` takes it: `2` or `a100:2`.
    public var description: String { type.map { "\($0):\(count)" } ?? "\(count)" }
}

extension UInt8 {
    /// Whether it may stand in the name of a GPU type.
    fileprivate var isOfTypeName: Bool {
        switch lowercased {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
