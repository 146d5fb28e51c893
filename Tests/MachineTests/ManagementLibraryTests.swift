import Foundation
import JobModel
import Machine
import NVML
import Testing

/// A stand-in for NVIDIA's library: GPU 0 with 100 processes, GPU 1 in two parts, GPU 2 lost.
private let standIn = """
    #include <string.h>
    #include <stdio.h>
    struct device { int gpu, part; };
    static struct device all[] = {{0, 0}, {1, 0}, {2, 0}, {1, 1}, {1, 2}};
    int nvmlInit_v2(void) { return INIT; }
    int nvmlShutdown(void) { return 0; }
    int nvmlDeviceGetCount_v2(unsigned *count) { *count = 3; return 0; }
    int nvmlDeviceGetHandleByIndex_v2(unsigned i, struct device **d) {
        *d = &all[i];
        return i == 2 ? 15 : 0;
    }
    int nvmlDeviceGetPciInfo_v3(struct device *d, char *record) {
        memset(record, 'x', 36);
        sprintf(record + 36, "00000000:%02X:00.0", 0x65 + d->gpu);
        return 0;
    }
    int nvmlDeviceGetUUID(struct device *d, char *text, unsigned length) {
        if (d->part) snprintf(text, length, "MIG-%d-%d", d->gpu, d->part);
        else snprintf(text, length, "GPU-%d", d->gpu);
        return 0;
    }
    int nvmlDeviceGetName(struct device *d, char *text, unsigned length) {
        snprintf(text, length, d->part ? "NVIDIA A100-SXM4-40GB MIG 1g.5gb" : "NVIDIA A100");
        return 0;
    }
    int nvmlDeviceGetMemoryInfo(struct device *d, unsigned long long *record) {
        record[0] = d->part ? 5000 : 40000;
        return 0;
    }
    int nvmlDeviceGetMinorNumber(struct device *d, unsigned *minor) {
        *minor = d->gpu;
        return 0;
    }
    int nvmlDeviceGetMigMode(struct device *d, unsigned *current, unsigned *pending) {
        *current = d->gpu == 1;
        return d->gpu == 0 ? 3 : 0;
    }
    int nvmlDeviceGetMaxMigDeviceCount(struct device *d, unsigned *count) {
        *count = 7;
        return 0;
    }
    int nvmlDeviceGetMigDeviceHandleByIndex(struct device *d, unsigned i, struct device **part) {
        if (i > 1) return 6;
        *part = &all[3 + i];
        return 0;
    }
    struct process { unsigned pid; unsigned long long memory; unsigned instance, part; };
    int nvmlDeviceGetComputeRunningProcesses_v3(
        struct device *d, unsigned *count, struct process *processes) {
        unsigned there = d->gpu == 0 ? 100 : d->part - 1;
        if (*count < there) { *count = there; return 7; }
        *count = there;
        for (unsigned i = 0; i < there; i++) processes[i].pid = 5000 - i;
        return 0;
    }
    int nvmlDeviceGetNvLinkState(struct device *d, unsigned link, unsigned *active) {
        *active = link != 1;
        return link < 5 ? 0 : 2;
    }
    int nvmlDeviceGetNvLinkRemoteDeviceType(struct device *d, unsigned link, unsigned *type) {
        *type = link >= 3 + d->gpu ? 2 : 0;
        return 0;
    }
    int nvmlDeviceGetNvLinkRemotePciInfo_v2(struct device *d, unsigned link, char *record) {
        memset(record, 'x', 36);
        sprintf(record + 36, "00000000:%02X:00.0", 0x66 - d->gpu);
        return 0;
    }
    """

@Suite struct ManagementLibraryTests {
    /// Compiles the stand-in and asks it.
    private func probe(start: Int = 0, without: String? = nil) throws -> GPUProbe {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-nvml-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appendingPathComponent("standin.c")
        let text = without.map { standIn.replacing($0, with: "unused") } ?? standIn
        try Data(text.utf8).write(to: source)
        let library = folder.appendingPathComponent("libstandin.so").path
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = [
            "clang", "-shared", "-fPIC", "-DINIT=\(start)", "-o", library, source.path,
        ]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return try ManagementLibrary.probe(library: library)
    }

    @Test func `whole GPUs and parts are told with their processes, lost ones are left out`() throws
    {
        let devices = try probe().devices
        #expect(devices.map(\.uuid) == ["GPU-0", "MIG-1-1", "MIG-1-2"])
        #expect(
            devices.map(\.busID) == ["00000000:65:00.0", "00000000:66:00.0", "00000000:66:00.0"]
        )
        #expect(devices.map(\.isPart) == [false, true, true])
        #expect(devices.map(\.minor) == [0, 1, 1])
        #expect(devices.map(\.memory?.bytes) == [40000, 5000, 5000])
        #expect(devices[0].name == "NVIDIA A100")
        #expect(devices[0].processes == Array(4901...5000))
        #expect(devices[1].processes == [])
        #expect(devices[2].processes == [5000])
    }

    @Test func `links at work are told, to each other and through a switch`() throws {
        // Each has four at work: the first two to the other and two to a switch, the second three
        // and one.
        let link = GPUProbe.Link(first: "00000000:65:00.0", second: "00000000:66:00.0", count: 4)
        #expect(try probe().links == [link])
    }

    @Test func `a library that knows no links tells none`() throws {
        #expect(try probe(without: "nvmlDeviceGetNvLinkState").links == [])
        let direct = try probe(without: "nvmlDeviceGetNvLinkRemoteDeviceType").links
        #expect(direct.map(\.count) == [4])
    }

    @Test func `a GPU that shares the machine's memory has none of its own`() throws {
        let devices = try probe(without: "nvmlDeviceGetMemoryInfo").devices
        #expect(devices.map(\.memory) == [nil, nil, nil])
    }

    @Test func `a library without a driver says which call failed`() {
        #expect(throws: NVMLError.failed(call: "nvmlInit_v2", code: 9)) { try probe(start: 9) }
    }

    @Test func `a library that is too old says what it lacks`() {
        #expect(throws: NVMLError.noFunction("nvmlDeviceGetCount_v2")) {
            try probe(without: "nvmlDeviceGetCount_v2")
        }
    }

    @Test func `no library is no crash`() {
        let error = #expect(throws: NVMLError.self) {
            try ManagementLibrary.probe(library: "libsluice-does-not-exist.so.1")
        }
        #expect(error.map { "\($0)".contains("libsluice-does-not-exist") } == true)
    }
}
