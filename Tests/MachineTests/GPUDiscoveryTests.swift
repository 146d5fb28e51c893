import JobModel
import Machine
import Placement
import Testing

@Suite struct GPUDiscoveryTests {
    private func gpus(
        _ files: [String: String],
        links: [String: String] = [:],
        probe: GPUProbe? = nil
    ) throws -> [GPU] {
        let cpu = ["sys/devices/system/cpu/online": "0"]
        let tree = try MadeUpTree(cpu.merging(files) { _, second in second }, links: links)
        return try MachineDiscovery.machine(under: tree.root, probe: probe).gpus
    }

    private func nvidia(_ bus: String, _ uuid: String, minor: Int, _ model: String) -> [String:
        String]
    {
        [
            "proc/driver/nvidia/gpus/\(bus)/information": """
            Model: \t\t \(model)
            IRQ:   \t\t 345
            GPU UUID: \t \(uuid)
            Video BIOS: \t 92.00.25.00.08
            Bus Type: \t PCIe
            Bus Location: \t \(bus)
            Device Minor: \t \(minor)
            GPU Excluded:\t No
            """,
            "sys/bus/pci/devices/\(bus)/numa_node": bus < "0000:80" ? "0" : "1",
        ]
    }

    private func amd(
        _ node: Int,
        unique: UInt64,
        location: Int,
        gigabytes: Int64,
        version: Int = 90010
    ) -> [String: String] {
        let folder = "sys/class/kfd/kfd/topology/nodes/\(node)"
        return [
            "\(folder)/gpu_id": "\(1000 + node)",
            "\(folder)/properties": """
            cpu_cores_count 0
            simd_count 440
            gfx_target_version \(version)
            location_id \(location)
            domain 0
            drm_render_minor \(127 + node)
            unique_id \(unique)
            """,
            "\(folder)/mem_banks/0/properties": "heap_type 1\nsize_in_bytes \(gigabytes << 30)",
        ]
    }

    private let host = [
        "sys/class/kfd/kfd/topology/nodes/0/gpu_id": "0",
        "sys/class/kfd/kfd/topology/nodes/0/properties": "cpu_cores_count 64",
    ]

    private func merged(_ parts: [String: String]...) -> [String: String] {
        parts.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    }

    @Test func `NVIDIA's GPUs are numbered in the order of the bus`() throws {
        let gpus = try gpus(
            merged(
                nvidia("0000:81:00.0", "GPU-b", minor: 0, "NVIDIA A100-SXM4-40GB"),
                nvidia("0000:07:00.0", "GPU-a", minor: 1, "NVIDIA A100-SXM4-40GB"),
                nvidia("0001:01:00.0", "GPU-c", minor: 2, "Tesla V100-SXM2-32GB")
            )
        )
        #expect(gpus.map(\.uuid) == ["GPU-a", "GPU-b", "GPU-c"])
        #expect(gpus.map(\.index) == [0, 1, 2])
        #expect(gpus.map(\.visibleName) == ["0", "1", "2"])
        #expect(gpus.map(\.minor) == [1, 0, 2])
        #expect(gpus.map(\.type) == ["a100", "a100", "v100"])
        #expect(gpus.map(\.node) == [0, 1, 1])
    }

    @Test func `a GPU that the driver leaves out is not there`() throws {
        var files = nvidia("0000:07:00.0", "GPU-a", minor: 0, "NVIDIA T4")
        let path = "proc/driver/nvidia/gpus/0000:07:00.0/information"
        files[path] = files[path]?.replacing("Excluded:\t No", with: "Excluded:\t Yes")
        #expect(try gpus(files).isEmpty)
    }

    @Test func `a GPU without an identifier is known by its place`() throws {
        let files = nvidia("0000:07:00.0", "GPU-????????-????", minor: 0, "NVIDIA T4")
        #expect(try gpus(files).map(\.uuid) == ["NVIDIA-0000-07-00.0"])
    }

    @Test func `no node is told as -1`() throws {
        var files = nvidia("0000:07:00.0", "GPU-a", minor: 0, "NVIDIA T4")
        files["sys/bus/pci/devices/0000:07:00.0/numa_node"] = "-1"
        #expect(try gpus(files).map(\.node) == [nil])
    }

    @Test func `NVIDIA's library counts, not the driver's files`() throws {
        let device = GPUProbe.Device(
            busID: "00000000:81:00.0",
            uuid: "GPU-b",
            name: "NVIDIA H100 80GB HBM3",
            memory: MemorySize(bytes: 80 << 30),
            minor: 3,
            isPart: false,
            processes: [4711]
        )
        let gpus = try gpus(
            merged(
                nvidia("0000:81:00.0", "GPU-b", minor: 3, "NVIDIA H100 80GB HBM3"),
                nvidia("0000:07:00.0", "GPU-a", minor: 0, "NVIDIA H100 80GB HBM3")
            ),
            probe: GPUProbe(devices: [device])
        )
        #expect(
            gpus == [
                GPU(
                    index: 0,
                    uuid: "GPU-b",
                    vendor: .nvidia,
                    type: "h100",
                    memory: MemorySize(bytes: 80 << 30),
                    busID: "0000:81:00.0",
                    node: 1,
                    minor: 3,
                    visibleName: "0"
                )
            ]
        )
    }

    @Test func `the parts of a divided GPU are GPUs that are named by their identifier`() throws {
        func device(_ bus: String, _ uuid: String, _ name: String, part: Bool) -> GPUProbe.Device {
            GPUProbe.Device(
                busID: bus,
                uuid: uuid,
                name: name,
                memory: nil,
                minor: nil,
                isPart: part,
                processes: []
            )
        }
        let gpus = try gpus(
            [:],
            probe: GPUProbe(devices: [
                device("00000000:81:00.0", "GPU-z", "NVIDIA A100-SXM4-40GB", part: false),
                device("00000000:07:00.0", "MIG-b", "NVIDIA A100-SXM4-40GB MIG 1g.5gb", part: true),
                device(
                    "00000000:07:00.0",
                    "MIG-a",
                    "NVIDIA A100-SXM4-40GB MIG 3g.20gb",
                    part: true
                ),
            ])
        )
        #expect(gpus.map(\.uuid) == ["MIG-a", "MIG-b", "GPU-z"])
        #expect(gpus.map(\.index) == [0, 1, 2])
        #expect(gpus.map(\.type) == ["a100_3g.20gb", "a100_1g.5gb", "a100"])
        // CUDA counts the divided GPU as one.
        #expect(gpus.map(\.visibleName) == ["MIG-a", "MIG-b", "1"])
    }

    @Test func `AMD's GPUs are found through their driver`() throws {
        let gpus = try gpus(
            merged(
                host,
                amd(1, unique: 0x1f2e, location: 0xc100, gigabytes: 64),
                amd(2, unique: 0, location: 0x2700, gigabytes: 64, version: 110000),
                ["sys/bus/pci/devices/0000:c1:00.0/product_name": "AMD Instinct MI210"],
                ["sys/bus/pci/devices/0000:c1:00.0/numa_node": "1"]
            )
        )
        #expect(gpus.map(\.uuid) == ["GPU-0000000000001f2e", "AMD-0000-27-00.0"])
        #expect(gpus.map(\.visibleName) == ["GPU-0000000000001f2e", "1"])
        #expect(gpus.map(\.type) == ["mi210", "gfx1100"])
        #expect(gpus.map(\.memory) == [MemorySize(bytes: 64 << 30), MemorySize(bytes: 64 << 30)])
        #expect(gpus.map(\.node) == [1, nil])
        #expect(gpus.map(\.minor) == [128, 129])
        #expect(gpus.allSatisfy { $0.vendor == .amd })
    }

    @Test func `parts of an AMD GPU that share an identifier are told apart`() throws {
        let gpus = try gpus(
            merged(
                host,
                amd(1, unique: 7, location: 0xc100, gigabytes: 24),
                amd(2, unique: 7, location: 0xc100, gigabytes: 24)
            )
        )
        #expect(gpus.map(\.uuid) == ["GPU-0000000000000007-0", "GPU-0000000000000007-1"])
        #expect(gpus.map(\.visibleName) == ["0", "1"])
    }

    @Test func `a processor's display adapter counts only where there is no other GPU`() throws {
        let adapter = merged(host, amd(1, unique: 9, location: 0x1600, gigabytes: 1))
        let card = nvidia("0000:01:00.0", "GPU-a", minor: 0, "NVIDIA GeForce RTX 3090")
        #expect(try gpus(adapter).map(\.vendor) == [.amd])
        #expect(try gpus(merged(adapter, card)).map(\.type) == ["rtx_3090"])
        let other = amd(2, unique: 10, location: 0x300, gigabytes: 24)
        #expect(try gpus(merged(adapter, other)).map(\.busID) == ["0000:03:00.0"])
    }

    private func device(_ bus: String, _ uuid: String, isPart: Bool = false) -> GPUProbe.Device {
        GPUProbe.Device(
            busID: bus,
            uuid: uuid,
            name: "NVIDIA A100-SXM4-40GB",
            memory: nil,
            minor: nil,
            isPart: isPart,
            processes: []
        )
    }

    @Test func `the way through the PCI tree tells switches and host bridges`() throws {
        let devices = "../../../devices"
        let gpus = try gpus(
            [:],
            links: [
                "sys/bus/pci/devices/0000:03:00.0":
                    "\(devices)/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:00.0/0000:03:00.0",
                "sys/bus/pci/devices/0000:04:00.0":
                    "\(devices)/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0/0000:04:00.0",
                "sys/bus/pci/devices/0000:08:00.0":
                    "\(devices)/pci0000:00/0000:00:02.0/0000:08:00.0",
                "sys/bus/pci/devices/0000:81:00.0":
                    "\(devices)/pci0000:80/0000:80:01.0/0000:81:00.0",
            ],
            probe: GPUProbe(devices: [
                device("00000000:03:00.0", "GPU-a"), device("00000000:04:00.0", "GPU-b"),
                device("00000000:08:00.0", "GPU-c"), device("00000000:81:00.0", "GPU-d"),
            ])
        )
        #expect(gpus[2].path == ["pci0000:00", "0000:00:02.0"])
        #expect(GPULink(between: gpus[0], and: gpus[1]) == .pciSwitch)
        #expect(GPULink(between: gpus[0], and: gpus[2]) == .hostBridge)
        #expect(GPULink(between: gpus[0], and: gpus[3]) == .node)
    }

    @Test func `a way that is not told is none`() throws {
        let probe = GPUProbe(devices: [device("00000000:03:00.0", "GPU-a")])
        #expect(try gpus([:], probe: probe).map(\.path) == [[]])
        let links = ["sys/bus/pci/devices/0000:03:00.0": "../../../devices/virtual/other"]
        #expect(try gpus([:], links: links, probe: probe).map(\.path) == [[]])
    }

    @Test func `NVLinks join GPUs by their addresses, whatever their order`() throws {
        let probe = GPUProbe(
            devices: [
                device("00000000:81:00.0", "GPU-c"), device("00000000:03:00.0", "GPU-a"),
                device("00000000:04:00.0", "GPU-b"),
            ],
            links: [
                GPUProbe.Link(first: "00000000:81:00.0", second: "0000:03:00.0", count: 2),
                GPUProbe.Link(first: "00000000:81:00.0", second: "0000:99:00.0", count: 2),
                GPUProbe.Link(first: "somewhere", second: "0000:99:00.0", count: 2),
            ]
        )
        let gpus = try gpus([:], probe: probe)
        #expect(gpus.map(\.nvlinks) == [[], [], [0, 0]])
        #expect(GPULink(between: gpus[0], and: gpus[2]) == .nvlink(2))
    }
}
