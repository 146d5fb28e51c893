internal import JobModel
internal import Placement

/// Finds a machine's GPUs through the files of their drivers, and numbers them.
///
/// Source: NVIDIA's driver README ("/proc interface"), the kernel's amdkfd (topology in sysfs) and
/// amdgpu (files of the PCI device).
struct GPUDiscovery {
    let tree: SysfsTree

    /// Below this much memory an AMD GPU beside another GPU is taken for the processor's own
    /// display adapter, which nobody means when asking for a GPU.
    private static let leastMemory: Int64 = 2 << 30

    /// All GPUs: NVIDIA's in the order of the bus, then AMD's in the order of their driver.
    ///
    /// - Parameter probe: what NVIDIA's library says; nil where it was not asked. Its list of
    ///   devices is taken instead of the driver's files, since it is what programs will see.
    func gpus(probe: GPUProbe?) -> [GPU] {
        let nvidia = probe.map { probed($0) } ?? nvidiaByFiles()
        var amd = amdByFiles()
        let largest = amd.compactMap(\.memory?.bytes).max() ?? 0
        if !nvidia.isEmpty || largest >= Self.leastMemory {
            amd.removeAll { ($0.memory?.bytes ?? 0) < Self.leastMemory }
        }
        for index in amd.indices { amd[index].index = nvidia.count + index }
        return nvidia + amd
    }
}

extension GPUDiscovery {
    private func nvidiaByFiles() -> [GPU] {
        let folder = "proc/driver/nvidia/gpus"
        let found = tree.names(in: folder).compactMap { name -> (BusAddress, GPU)? in
            guard let address = BusAddress(name),
                let information = tree.bytes("\(folder)/\(name)/information"),
                text(after: "GPU Excluded:", in: information) != "Yes"
            else { return nil }
            let uuid = text(after: "GPU UUID:", in: information) ?? ""
            let product = text(after: "Model:", in: information) ?? ""
            let gpu = GPU(
                index: 0,
                // Until something has used the GPU the driver shows question marks.
                uuid: uuid.isEmpty || uuid.contains("?") ? stand(in: "NVIDIA", address) : uuid,
                vendor: .nvidia,
                type: GPUTypeName.type(ofProduct: product),
                busID: address.text,
                node: node(of: address),
                minor: KernelText.number(after: "Device Minor:", in: information),
                path: path(to: address)
            )
            return (address, gpu)
        }
        return numbered(found)
    }

    private func probed(_ probe: GPUProbe) -> [GPU] {
        let found = probe.devices.compactMap { device -> (BusAddress, GPU)? in
            guard let address = BusAddress(device.busID) else { return nil }
            let gpu = GPU(
                index: 0,
                uuid: device.uuid,
                vendor: .nvidia,
                type: GPUTypeName.type(ofProduct: device.name),
                memory: device.memory,
                busID: address.text,
                node: node(of: address),
                minor: device.minor,
                path: path(to: address),
                visibleName: device.isPart ? device.uuid : nil
            )
            return (address, gpu)
        }
        return linked(numbered(found), by: probe.links)
    }

    /// Sets the NVLinks, which join GPUs by their addresses; the parts of one cannot use them.
    private func linked(_ gpus: [GPU], by links: [GPUProbe.Link]) -> [GPU] {
        var gpus = gpus
        let whole = gpus.filter { $0.visibleName != $0.uuid }
        for link in links {
            guard let first = BusAddress(link.first), let second = BusAddress(link.second) else {
                continue
            }
            guard let from = whole.first(where: { $0.busID == first.text }),
                let to = whole.first(where: { $0.busID == second.text })
            else { continue }
            // An index is the place in the list.
            gpus[from.index].nvlinks += Array(repeating: to.index, count: link.count)
        }
        return gpus
    }

    /// Sets the index by the order of the bus.
    ///
    /// CUDA's numbers count a divided GPU once, while each of its parts has an index here and is
    /// named by its UUID.
    private func numbered(_ found: [(BusAddress, GPU)]) -> [GPU] {
        let parts = Set(found.filter { $0.1.visibleName == $0.1.uuid }.map(\.1.uuid))
        let sorted = found.sorted { ($0.0, $0.1.uuid) < ($1.0, $1.1.uuid) }
        let order = Array(Set(sorted.map(\.0))).sorted()
        return sorted.enumerated().map { index, entry in
            var gpu = entry.1
            gpu.index = index
            if !parts.contains(gpu.uuid), let cuda = order.firstIndex(of: entry.0) {
                gpu.visibleName = String(cuda)
            }
            return gpu
        }
    }
}

extension GPUDiscovery {
    private func amdByFiles() -> [GPU] {
        let folder = "sys/class/kfd/kfd/topology/nodes"
        var gpus: [GPU] = []
        for number in tree.numbers(in: folder, prefix: "") {
            let node = "\(folder)/\(number)"
            guard let id = tree.number("\(node)/gpu_id"), id != 0,
                let properties = tree.bytes("\(node)/properties")
            else { continue }
            gpus.append(amd(properties, of: node, ordinal: gpus.count))
        }
        // The parts of a divided GPU share an identifier, which then names none of them.
        let shared = Dictionary(grouping: gpus, by: \.uuid).filter { $0.value.count > 1 }
        for index in gpus.indices where shared[gpus[index].uuid] != nil {
            gpus[index].uuid += "-\(index)"
            gpus[index].visibleName = String(index)
        }
        return gpus
    }

    private func amd(_ properties: [UInt8], of node: String, ordinal: Int) -> GPU {
        let location = KernelText.number(after: "location_id ", in: properties) ?? 0
        let address = BusAddress(
            domain: KernelText.number(after: "domain ", in: properties) ?? 0,
            bus: location >> 8 & 0xff,
            device: location >> 3 & 0x1f,
            function: location & 7
        )
        let device = "sys/bus/pci/devices/\(address.text)"
        let unique = text(after: "unique_id ", in: properties).flatMap { UInt64($0) } ?? 0
        let product = tree.line("\(device)/product_name") ?? ""
        let hex = String(unique, radix: 16)
        let uuid = "GPU-" + String(repeating: "0", count: 16 - hex.count) + hex
        return GPU(
            index: 0,
            uuid: unique == 0 ? stand(in: "AMD", address) : uuid,
            vendor: .amd,
            type: product.isEmpty
                ? architecture(properties) : GPUTypeName.type(ofProduct: product),
            memory: localMemory(of: node),
            busID: address.text,
            node: self.node(of: address),
            minor: KernelText.number(after: "drm_render_minor ", in: properties),
            path: path(to: address),
            visibleName: unique == 0 ? String(ordinal) : uuid
        )
    }

    /// The instruction set as AMD's compiler names it: 90010 is `gfx90a`.
    private func architecture(_ properties: [UInt8]) -> String {
        let version = KernelText.number(after: "gfx_target_version ", in: properties) ?? 0
        let step = String(version % 100, radix: 16)
        return version == 0 ? "gpu" : "gfx\(version / 10000)\(version / 100 % 100)\(step)"
    }

    /// The sum of the banks in the GPU's own memory (heap types 1 and 2).
    private func localMemory(of node: String) -> MemorySize? {
        let sizes = tree.names(in: "\(node)/mem_banks").compactMap { bank -> Int64? in
            guard let properties = tree.bytes("\(node)/mem_banks/\(bank)/properties"),
                let heap = KernelText.number(after: "heap_type ", in: properties), 1...2 ~= heap
            else { return nil }
            return KernelText.number(after: "size_in_bytes ", in: properties).map { Int64($0) }
        }
        return sizes.isEmpty ? nil : MemorySize(bytes: sizes.reduce(0, +))
    }
}

extension GPUDiscovery {
    /// The memory node of a PCI device; the kernel says -1 where there is none.
    private func node(of address: BusAddress) -> Int? {
        tree.number("sys/bus/pci/devices/\(address.text)/numa_node").flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The bridges on the way to a PCI device, the host bridge first: the folders of its own in the
    /// tree of devices, such as `pci0000:64/0000:64:00.0/0000:65:00.0`.
    private func path(to address: BusAddress) -> [String] {
        let link = tree.target(ofLink: "sys/bus/pci/devices/\(address.text)") ?? ""
        let folders = link.split(separator: "/").map(String.init)
        guard let host = folders.firstIndex(where: { $0.hasPrefix("pci") }),
            folders.last == address.text
        else { return [] }
        return Array(folders[host...].dropLast())
    }

    /// An identifier made from the place of a GPU that tells none.
    private func stand(in vendor: String, _ address: BusAddress) -> String {
        "\(vendor)-\(address.text.map { $0 == ":" ? "-" : $0 }.map(String.init).joined())"
    }

    private func text(after key: StaticString, in bytes: [UInt8]) -> String? {
        KernelText.value(after: key, in: bytes).map { String(decoding: $0, as: UTF8.self) }
    }
}
