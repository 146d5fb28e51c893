import JobModel
import Testing

@Suite struct AllocationGrammarTests {
    @Test func `an allocation has one text form`() throws {
        let allocation = Allocation(
            cpus: CPUSet([0, 1, 2, 3]),
            gpus: [.init(uuid: "GPU-1f2e", thousandths: 1_000)],
            memory: MemorySize(bytes: 4_294_967_296)
        )
        #expect(allocation.description == "cpu=0-3 gpu=GPU-1f2e:1000 mem=4294967296")
        #expect(try Allocation(parsing: ByteString(allocation.description)) == allocation)
        #expect(Allocation(cpus: CPUSet([7])).description == "cpu=7")
    }

    @Test func `GPU names keep every character`() throws {
        let allocation = Allocation(
            cpus: CPUSet(),
            gpus: [
                .init(uuid: "a b:c,d%é=\n", thousandths: 250), .init(uuid: "x", thousandths: 1),
            ]
        )
        #expect(try Allocation(parsing: ByteString(allocation.description)) == allocation)
    }

    @Test(
        arguments: [
            "", "cpu", "gpu=x:1", "cpu=0 cpu=1", "cpu=0  mem=1", "cpu=0 foo=1", "cpu=0 gpu=x:0",
            "cpu=0 gpu=x:1001", "cpu=0 gpu=x", "cpu=0 gpu=", "cpu=x", "cpu=0 mem=-1", "cpu=0 mem=",
        ]
    )
    func `what is no allocation is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .allocation)) {
            try Allocation(parsing: ByteString(text))
        }
    }
}
