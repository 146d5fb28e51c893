/// An address on the PCI bus, ordered as CUDA counts (CUDA_DEVICE_ORDER=PCI_BUS_ID).
struct BusAddress: Hashable, Comparable {
    let domain: Int
    let bus: Int
    let device: Int
    let function: Int

    init(domain: Int, bus: Int, device: Int, function: Int) {
        self.domain = domain
        self.bus = bus
        self.device = device
        self.function = function
    }

    /// Parses `0000:65:00.0`; the domain may have eight digits, as NVIDIA's library prints it.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let last = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        guard last.count == 2,
            let domain = Int(parts[0], radix: 16), let bus = Int(parts[1], radix: 16),
            let device = Int(last[0], radix: 16), let function = Int(last[1], radix: 16)
        else { return nil }
        self.init(domain: domain, bus: bus, device: device, function: function)
    }

    static func < (left: BusAddress, right: BusAddress) -> Bool {
        (left.domain, left.bus, left.device, left.function)
            < (right.domain, right.bus, right.device, right.function)
    }

    /// As sysfs names the device's folder: `0000:65:00.0`.
    var text: String {
        "\(hex(domain, 4)):\(hex(bus, 2)):\(hex(device, 2)).\(function)"
    }

    private func hex(_ number: Int, _ digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
