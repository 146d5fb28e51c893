import JobModel
import Machine
import Testing

@Suite struct GPUProbeTests {
    private let probe = GPUProbe(
        devices: [
            GPUProbe.Device(
                busID: "00000000:65:00.0",
                uuid: "GPU-1f2e",
                name: "NVIDIA A100-SXM4-40GB",
                memory: MemorySize(bytes: 42_505_273_344),
                minor: 0,
                isPart: false,
                processes: [4711, 4712]
            ),
            GPUProbe.Device(
                busID: "00000000:b1:00.0",
                uuid: "MIG-77aa",
                name: "",
                memory: nil,
                minor: nil,
                isPart: true,
                processes: []
            ),
        ],
        links: [GPUProbe.Link(first: "0000:65:00.0", second: "0000:b1:00.0", count: 12)]
    )

    @Test func `a probe's text is what the documentation says`() {
        #expect(
            probe.text == """
                gpu 00000000:65:00.0 GPU-1f2e 42505273344 0 4711,4712 NVIDIA A100-SXM4-40GB
                part 00000000:b1:00.0 MIG-77aa - - - \("")
                link 0000:65:00.0 0000:b1:00.0 12
                end

                """
        )
    }

    @Test func `what is printed is parsed back`() {
        #expect(GPUProbe(text: probe.text) == probe)
        #expect(GPUProbe(text: GPUProbe(devices: []).text) == GPUProbe(devices: []))
    }

    @Test func `a text that was cut short is refused wherever it was cut`() {
        for length in 0..<probe.text.count {
            #expect(GPUProbe(text: String(probe.text.prefix(length))) == nil, "\(length)")
        }
    }

    @Test(arguments: [
        "tpu 0:0:0.0 GPU-1 1 1 - x", "gpu 0:0:0.0 GPU-1 -1 1 - x", "gpu 0:0:0.0 GPU-1 1 x - x",
        "gpu 0:0:0.0 GPU-1 1 1 1,x x", "gpu  GPU-1 1 1 - x", "gpu 0:0:0.0 GPU-1 1 1",
        "link a b", "link a b 0", "link a b -1", "link a b 1001", "link a  1", "link a b 1 ",
    ])
    func `a damaged line is refused`(line: String) {
        #expect(GPUProbe(text: line + "\nend\n") == nil)
    }
}
