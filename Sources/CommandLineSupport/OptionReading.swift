public import JobModel

/// An option that was found, with its argument.
public struct OptionSetting: Sendable {
    /// The option's place in its table.
    public let index: Int
    /// The option's argument; nil where it has none.
    public let argument: ByteString?
    /// Where it stands.
    public let origin: OptionError.Origin
}

/// What a command line says.
public struct OptionReading: Sendable {
    /// The options in order.
    public internal(set) var settings: [OptionSetting] = []
    /// The words behind the options.
    public internal(set) var operands: [ByteString] = []
    /// What is asked instead of the program's work; nil where nothing is.
    var question: Question?

    /// What every program answers by itself.
    enum Question: Equatable {
        case help
        case version
        case completion(ByteString)
    }
}
