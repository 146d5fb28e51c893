extension Allocation {
    /// What a text form says, `cpu=0-3 gpu=GPU-1f2e:1000,GPU-77aa:500 mem=4294967296`.
    ///
    /// `gpu` and `mem` may be missing; each stands once at most.
    ///
    /// - Throws: a ``ParseError`` for any other text.
    public init(parsing text: ByteString) throws(ParseError) {
        let refusal = ParseError(text, .allocation)
        var cpus: CPUSet?
        var gpus: [GPUShare]?
        var memory: MemorySize?
        for field in text.bytes.split(
            separator: UInt8(ascii: " "),
            omittingEmptySubsequences: false
        ) {
            guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { throw refusal }
            let value = field[(equals + 1)...]
            let key = field[..<equals]
            if key.equalsIgnoringCase("cpu"), cpus == nil {
                guard let set = try? CPUSet(parsing: ByteString(Array(value))) else {
                    throw refusal
                }
                cpus = set
            } else if key.equalsIgnoringCase("gpu"), gpus == nil {
                gpus = []
                for share in value.split(
                    separator: UInt8(ascii: ","),
                    omittingEmptySubsequences: false
                ) {
                    guard let share = GPUShare(parsing: share) else { throw refusal }
                    gpus?.append(share)
                }
            } else if key.equalsIgnoringCase("mem"), memory == nil {
                var reader = ByteReader(value)
                guard let bytes = reader.takeNumber(), reader.isAtEnd else { throw refusal }
                memory = MemorySize(bytes: bytes)
            } else {
                throw refusal
            }
        }
        guard let cpus else { throw refusal }
        self.init(cpus: cpus, gpus: gpus ?? [], memory: memory ?? MemorySize(bytes: 0))
    }
}

extension Allocation: CustomStringConvertible {
    /// The text form; `gpu` and `mem` stand there only where something of them is held.
    public var description: String {
        var text = "cpu=\(cpus)"
        if !gpus.isEmpty {
            text += " gpu=" + gpus.map(\.description).joined(separator: ",")
        }
        if memory.bytes > 0 { text += " mem=\(memory.bytes)" }
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
