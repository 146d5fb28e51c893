public import JobModel

/// What NVIDIA's management library says of the GPUs, as a value that a process can hand to another.
///
/// The library can hang with a broken driver, so a child process asks it and prints this value's
/// `text`; the parent parses it and gives up on a child that does not answer.
public struct GPUProbe: Hashable, Sendable {
    /// The GPUs, or their parts where a GPU is divided (MIG), in no particular order.
    public var devices: [Device]
    /// The NVLinks between whole GPUs, each pair once.
    public var links: [Link]

    /// A result with these devices and links.
    public init(devices: [Device], links: [Link] = []) {
        self.devices = devices
        self.links = links
    }

    /// NVLinks between two GPUs.
    public struct Link: Hashable, Sendable {
        /// The address of one on the PCI bus.
        public var first: String
        /// That of the other.
        public var second: String
        /// How many there are, 1 to ``most``; through an NVSwitch, as many as both have to it.
        public var count: Int

        /// More links than this are a mistake.
        public static let most = 1000

        /// So many links.
        public init(first: String, second: String, count: Int) {
            self.first = first
            self.second = second
            self.count = count
        }
    }

    /// A GPU, or one of the parts into which it is divided.
    public struct Device: Hashable, Sendable {
        /// Its address on the PCI bus, such as `0000:65:00.0`; of a part, that of the whole.
        public var busID: String
        /// The library's identifier, such as `GPU-1f2e…`, of a part `MIG-1f2e…`.
        public var uuid: String
        /// The name, such as `NVIDIA A100-SXM4-40GB`; of a part with its profile at the end.
        public var name: String
        /// Its own memory; nil where it shares the machine's.
        public var memory: MemorySize?
        /// The number of its device file; nil where the library does not tell it.
        public var minor: Int?
        /// Whether it is a part of a divided GPU.
        public var isPart: Bool
        /// The processes that compute on it, by pid in the library's pid namespace, ascending.
        public var processes: [Int32]

        /// A device.
        public init(
            busID: String,
            uuid: String,
            name: String,
            memory: MemorySize?,
            minor: Int?,
            isPart: Bool,
            processes: [Int32]
        ) {
            self.busID = busID
            self.uuid = uuid
            self.name = name
            self.memory = memory
            self.minor = minor
            self.isPart = isPart
            self.processes = processes
        }
    }
}
