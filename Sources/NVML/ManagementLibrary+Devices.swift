internal import JobModel
internal import Machine

extension ManagementLibrary {
    private typealias GetHandle =
        @convention(c) (
            CUnsignedInt, UnsafeMutablePointer<Handle?>
        ) -> CInt
    private typealias GetPart =
        @convention(c) (
            Handle, CUnsignedInt, UnsafeMutablePointer<Handle?>
        ) -> CInt
    private typealias GetCount = @convention(c) (UnsafeMutablePointer<CUnsignedInt>) -> CInt
    private typealias GetMode =
        @convention(c) (
            Handle, UnsafeMutablePointer<CUnsignedInt>, UnsafeMutablePointer<CUnsignedInt>
        ) -> CInt
    private typealias GetProcesses =
        @convention(c) (
            Handle, UnsafeMutablePointer<CUnsignedInt>, UnsafeMutableRawPointer?
        ) -> CInt

    /// The whole GPUs.
    func handles() throws(NVMLError) -> [Handle] {
        var count: CUnsignedInt = 0
        let name = "nvmlDeviceGetCount_v2"
        try check(name, unsafe function(name, GetCount.self)(&count))
        var handles: [Handle] = []
        for index in 0..<count {
            let name = "nvmlDeviceGetHandleByIndex_v2"
            var handle: Handle?
            let code = try unsafe function(name, GetHandle.self)(index, &handle)
            if code == Self.success, let handle = unsafe handle { unsafe handles.append(handle) }
        }
        return unsafe handles
    }

    /// A GPU as the devices that programs can use: itself, or its parts where it is divided.
    func devices(of handle: Handle) throws(NVMLError) -> [GPUProbe.Device] {
        let bus = try unsafe busID(of: handle)
        let minor = try? unsafe number("nvmlDeviceGetMinorNumber", of: handle)
        guard unsafe isDivided(handle) else {
            return [try unsafe device(handle, bus: bus, minor: minor, isPart: false)]
        }
        var parts: [GPUProbe.Device] = []
        for index in 0..<(try unsafe number("nvmlDeviceGetMaxMigDeviceCount", of: handle)) {
            let name = "nvmlDeviceGetMigDeviceHandleByIndex"
            var part: Handle?
            let code = try unsafe function(name, GetPart.self)(handle, CUnsignedInt(index), &part)
            guard code == Self.success, let part = unsafe part else { continue }
            parts.append(try unsafe device(part, bus: bus, minor: minor, isPart: true))
        }
        return parts
    }

    private func device(
        _ handle: Handle,
        bus: String,
        minor: Int?,
        isPart: Bool
    ) throws(NVMLError) -> GPUProbe.Device {
        GPUProbe.Device(
            busID: bus,
            uuid: try unsafe text("nvmlDeviceGetUUID", of: handle),
            name: try unsafe text("nvmlDeviceGetName", of: handle),
            memory: unsafe memory(of: handle),
            minor: minor,
            isPart: isPart,
            processes: try unsafe processes(on: handle)
        )
    }

    /// Whether the GPU is in the mode in which its parts are the devices (MIG); older ones cannot.
    private func isDivided(_ handle: Handle) -> Bool {
        var current: CUnsignedInt = 0
        var pending: CUnsignedInt = 0
        let get = try? function("nvmlDeviceGetMigMode", GetMode.self)
        return unsafe get?(handle, &current, &pending) == Self.success && current == 1
    }

    /// The GPU's address on the bus.
    func busID(of handle: Handle) throws(NVMLError) -> String {
        let name = "nvmlDeviceGetPciInfo_v3"
        let get = try function(name, GetRecord.self)
        var record = [UInt8](repeating: 0, count: Self.busRecordLength)
        try check(name, unsafe get(handle, &record))
        return Self.busID(in: record)
    }

    /// The length of `nvmlPciInfo_t`: 16 bytes of an older form, 5 numbers, then 32 bytes of text.
    static let busRecordLength = 68

    static func busID(in record: [UInt8]) -> String {
        String(decoding: record[36...].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// `nvmlMemory_t`: total, free, used; nil on GPUs that share the memory of the machine.
    private func memory(of handle: Handle) -> MemorySize? {
        var record = [UInt64](repeating: 0, count: 3)
        let get = try? function("nvmlDeviceGetMemoryInfo", GetRecord.self)
        guard unsafe get?(handle, &record) == Self.success else { return nil }
        return MemorySize(bytes: Int64(clamping: record[0]))
    }

    /// The pids of `nvmlProcessInfo_t`: a number, padding, memory, and since its second version two
    /// more numbers.
    private func processes(on handle: Handle) throws(NVMLError) -> [Int32] {
        let name = "nvmlDeviceGetComputeRunningProcesses"
        let versions = [(name + "_v3", 24), (name + "_v2", 24), (name, 16)]
        for (version, size) in versions {
            guard let get = try? function(version, GetProcesses.self) else { continue }
            var capacity: CUnsignedInt = 64
            while true {
                var count = capacity
                var records = [UInt8](repeating: 0, count: Int(capacity) * size)
                let code = unsafe get(handle, &count, &records)
                if code == Self.insufficientSize, capacity < 1 << 16 {
                    // More may start between two calls.
                    capacity = max(count, capacity) * 2
                    continue
                }
                // Virtual GPUs do not tell who uses them.
                if code == Self.notSupported { return [] }
                try check(version, code)
                let pids = unsafe records.withUnsafeBytes { bytes in
                    (0..<Int(count)).map { index in
                        unsafe bytes.loadUnaligned(fromByteOffset: index * size, as: Int32.self)
                    }
                }
                return Set(pids).sorted()
            }
        }
        throw .noFunction(name)
    }
}
