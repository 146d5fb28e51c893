public import JobModel

/// A GPU, or the part of one that its driver offers as a device of its own.
public struct GPU: Hashable, Sendable {
    /// Its number in the queue's listings and requests, from 0.
    ///
    /// NVIDIA's come first, in the order of the PCI bus, so that their numbers are CUDA's where
    /// CUDA_DEVICE_ORDER is PCI_BUS_ID.
    public var index: Int
    /// What stays when numbers move, such as `GPU-1f2e…`; without spaces, commas and colons.
    public var uuid: String
    /// Whose driver and run time it needs.
    public var vendor: Vendor
    /// The type that requests name, in lower case, such as `a100` or `rtx_3090`.
    public var type: String
    /// Its own memory; nil where it is not told.
    public var memory: MemorySize?
    /// Its address on the PCI bus, such as `0000:65:00.0`; nil for one that is only configured.
    public var busID: String?
    /// The number of the memory node that it is attached to; nil where none is told.
    public var node: Int?
    /// The number in the name of its device file, such as the 2 of `/dev/nvidia2`.
    public var minor: Int?
    /// The way to it through the PCI tree: the host bridge, then each bridge down to it, itself left
    /// out; empty where it is not told.
    public var path: [String]
    /// The indices of the GPUs that it has NVLinks to, once for each link.
    public var nvlinks: [Int]
    /// How the vendor's variable (CUDA_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES) names it.
    public var visibleName: String

    /// A GPU; the name for the vendor's variable is its index unless said otherwise.
    public init(
        index: Int,
        uuid: String,
        vendor: Vendor,
        type: String,
        memory: MemorySize? = nil,
        busID: String? = nil,
        node: Int? = nil,
        minor: Int? = nil,
        path: [String] = [],
        nvlinks: [Int] = [],
        visibleName: String? = nil
    ) {
        self.index = index
        self.uuid = uuid
        self.vendor = vendor
        self.type = type
        self.memory = memory
        self.busID = busID
        self.node = node
        self.minor = minor
        self.path = path
        self.nvlinks = nvlinks
        self.visibleName = visibleName ?? String(index)
    }

    /// Who makes GPUs that the queue knows.
    public enum Vendor: String, Hashable, Sendable {
        /// NVIDIA: CUDA_VISIBLE_DEVICES.
        case nvidia
        /// AMD: ROCR_VISIBLE_DEVICES.
        case amd
    }
}
