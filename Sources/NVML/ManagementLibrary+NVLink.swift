extension ManagementLibrary {
    private typealias GetOfLink =
        @convention(c) (
            Handle, CUnsignedInt, UnsafeMutablePointer<CUnsignedInt>
        ) -> CInt
    private typealias GetRecordOfLink =
        @convention(c) (
            Handle, CUnsignedInt, UnsafeMutableRawPointer
        ) -> CInt

    /// The most links that a GPU has (NVML_NVLINK_MAX_LINKS).
    private static let mostLinks: CUnsignedInt = 18
    /// An NVSwitch as the device at the other end (NVML_NVLINK_DEVICE_TYPE_SWITCH).
    private static let switchType: CUnsignedInt = 2

    /// Where a GPU's links lead that are at work.
    ///
    /// - Throws: where the library is too old to know, or the GPU has lost its place on the bus.
    func nvlinks(of handle: Handle) throws(NVMLError) -> NVLinkEnds {
        var ends = NVLinkEnds(bus: try unsafe busID(of: handle))
        let state = try function("nvmlDeviceGetNvLinkState", GetOfLink.self)
        let remoteType = try? function("nvmlDeviceGetNvLinkRemoteDeviceType", GetOfLink.self)
        let remote = try function("nvmlDeviceGetNvLinkRemotePciInfo_v2", GetRecordOfLink.self)
        for link in 0..<Self.mostLinks {
            var isActive: CUnsignedInt = 0
            guard unsafe state(handle, link, &isActive) == Self.success, isActive == 1 else {
                continue
            }
            var type: CUnsignedInt = 0
            if unsafe remoteType?(handle, link, &type) == Self.success, type == Self.switchType {
                ends.switchCount += 1
                continue
            }
            var record = [UInt8](repeating: 0, count: Self.busRecordLength)
            if unsafe remote(handle, link, &record) == Self.success {
                ends.peers.append(Self.busID(in: record))
            }
        }
        return ends
    }
}
