extension Allocation {
    /// What a text form says, `cpu=0-3 gpu=GPU-1f2e:1000,GPU-77aa:500 mem=0:4096,1:4096`.
    ///
    /// `gpu` and `mem` may be missing; each stands once at most. Memory without a node, `mem=4096`,
    /// is of any.
    ///
    /// - Throws: a ``ParseError`` for any other text.
    public init(parsing text: ByteString) throws(ParseError) {
        let refusal = ParseError(text, .allocation)
        var cpus: CPUSet?
        var gpus: [GPUShare]?
        var memory: [MemoryShare]?
        for field in text.bytes.split(
            separator: UInt8(ascii: " "),
            omittingEmptySubsequences: false
        ) {
            guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { throw refusal }
            let value = field[(equals + 1)...]
            let key = field[..<equals]
            if key.equalsIgnoringCase("cpu"), cpus == nil {
                cpus = try? CPUSet(parsing: ByteString(Array(value)))
                guard cpus != nil else { throw refusal }
            } else if key.equalsIgnoringCase("gpu"), gpus == nil {
                gpus = Self.list(value, of: GPUShare.init(parsing:))
                guard gpus != nil else { throw refusal }
            } else if key.equalsIgnoringCase("mem"), memory == nil {
                memory = Self.list(value, of: MemoryShare.init(parsing:))
                guard let memory, Self.isCountable(memory) else { throw refusal }
            } else {
                throw refusal
            }
        }
        guard let cpus else { throw refusal }
        self.init(cpus: cpus, gpus: gpus ?? [], memoryByNode: memory ?? [])
    }

    /// What stands between commas; nil where one of it is wrong.
    private static func list<Element>(
        _ text: ArraySlice<UInt8>,
        of parse: (ArraySlice<UInt8>) -> Element?
    ) -> [Element]? {
        let parts = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let elements = parts.compactMap(parse)
        return elements.count == parts.count ? elements : nil
    }

    /// Whether no node stands twice, and 64 bits can count the sum.
    private static func isCountable(_ memory: [MemoryShare]) -> Bool {
        guard Set(memory.map(\.node)).count == memory.count else { return false }
        var sum: Int64 = 0
        for share in memory {
            let (next, isTooMuch) = sum.addingReportingOverflow(share.size.bytes)
            guard !isTooMuch else { return false }
            sum = next
        }
        return true
    }
}

extension Allocation: CustomStringConvertible {
    /// The text form; `gpu` and `mem` stand there only where something of them is held.
    public var description: String {
        var text = "cpu=\(cpus)"
        if !gpus.isEmpty {
            text += " gpu=" + gpus.map(\.description).joined(separator: ",")
        }
        if !memoryByNode.isEmpty {
            text += " mem=" + memoryByNode.map(\.description).joined(separator: ",")
        }
        return text
    }
}

extension Allocation.GPUShare: CustomStringConvertible {
    /// UUID and thousandths, `GPU-1f2e:1000`.
    ///
    /// What separates the parts of an allocation's text is written in a UUID as `%` and two
    /// hexadecimal digits.
    public var description: String {
        var text = ""
        for byte in uuid.utf8 {
            switch byte {
            case ...0x20, 0x7F..., UInt8(ascii: "%"), UInt8(ascii: ","), UInt8(ascii: ":"):
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
            default:
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return "\(text):\(thousandths)"
    }

    init?(parsing text: ArraySlice<UInt8>) {
        var reader = ByteReader(text)
        var uuid: [UInt8] = []
        while let byte = reader.take(), byte != UInt8(ascii: ":") {
            guard byte == UInt8(ascii: "%") else {
                uuid.append(byte)
                continue
            }
            guard let high = reader.take()?.hexadecimalValue,
                let low = reader.take()?.hexadecimalValue
            else { return nil }
            uuid.append(high << 4 | low)
        }
        guard !uuid.isEmpty, let thousandths = reader.takeNumber(upTo: 1_000), thousandths > 0,
            reader.isAtEnd, let uuid = String(validating: uuid, as: UTF8.self)
        else { return nil }
        self.init(uuid: uuid, thousandths: Int(thousandths))
    }
}

extension Allocation.MemoryShare: CustomStringConvertible {
    /// Node and bytes, `0:4096`; the bytes alone for memory of any node.
    public var description: String { (node.map { "\($0):" } ?? "") + "\(size.bytes)" }

    init?(parsing text: ArraySlice<UInt8>) {
        var reader = ByteReader(text)
        guard var number = reader.takeNumber() else { return nil }
        var node: Int?
        if reader.take(":") {
            guard let bytes = reader.takeNumber() else { return nil }
            node = Int(number)
            number = bytes
        }
        guard reader.isAtEnd else { return nil }
        self.init(node: node, size: MemorySize(bytes: number))
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit, nil for any other byte.
    fileprivate var hexadecimalValue: UInt8? {
        switch lowercased {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self & 0x0F
        case UInt8(ascii: "a")...UInt8(ascii: "f"): lowercased - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
