internal import JobModel

extension GPUProbe {
    /// The value as text: a line for each device, for each linked pair, then `end`.
    ///
    /// ```
    /// gpu 0000:65:00.0 GPU-1f2e 42505273344 0 4711,4712 NVIDIA A100-SXM4-40GB
    /// part 0000:b1:00.0 MIG-77aa 4831838208 1 - NVIDIA A100-SXM4-40GB MIG 1g.5gb
    /// link 0000:65:00.0 0000:b1:00.0 12
    /// end
    /// ```
    /// A device's fields are kind, bus, identifier, bytes of memory, minor number, pids, name; `-`
    /// stands for none.
    public var text: String {
        devices.map { device in
            let pids = device.processes.map(String.init).joined(separator: ",")
            return [
                device.isPart ? "part" : "gpu",
                device.busID,
                device.uuid,
                device.memory.map { String($0.bytes) } ?? "-",
                device.minor.map(String.init) ?? "-",
                pids.isEmpty ? "-" : pids,
                device.name,
            ].joined(separator: " ") + "\n"
        }.joined()
            + links.map { "link \($0.first) \($0.second) \($0.count)\n" }.joined() + "end\n"
    }

    /// Parses what `text` prints; nil where it is anything else, or was cut short.
    public init?(text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.popLast() == "", lines.popLast() == "end" else { return nil }
        devices = []
        links = []
        for line in lines {
            if line.hasPrefix("link ") {
                guard let link = Link(line: line) else { return nil }
                links.append(link)
                continue
            }
            guard let device = Device(line: line) else { return nil }
            devices.append(device)
        }
    }
}

extension GPUProbe.Device {
    fileprivate init?(line: Substring) {
        let fields = line.split(separator: " ", maxSplits: 6, omittingEmptySubsequences: false)
        guard fields.count == 7, fields[0] == "gpu" || fields[0] == "part",
            !fields[1].isEmpty, !fields[2].isEmpty
        else { return nil }
        let bytes = Int64(fields[3])
        let minor = Int(fields[4])
        let pids = fields[5].split(separator: ",", omittingEmptySubsequences: false)
            .map { Int32($0) }
        guard bytes.map({ $0 >= 0 }) ?? (fields[3] == "-"), minor != nil || fields[4] == "-",
            fields[5] == "-" || pids.allSatisfy({ $0 != nil })
        else { return nil }
        self.init(
            busID: String(fields[1]),
            uuid: String(fields[2]),
            name: String(fields[6]),
            memory: bytes.map { MemorySize(bytes: $0) },
            minor: minor,
            isPart: fields[0] == "part",
            processes: fields[5] == "-" ? [] : pids.compactMap { $0 }
        )
    }
}

extension GPUProbe.Link {
    fileprivate init?(line: Substring) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 4, !fields[1].isEmpty, !fields[2].isEmpty,
            let count = Int(fields[3]), 1...Self.most ~= count
        else { return nil }
        self.init(first: String(fields[1]), second: String(fields[2]), count: count)
    }
}
