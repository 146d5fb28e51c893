import JobModel
import Testing

@Suite struct AllocationGrammarTests {
    @Test func `an allocation has one text form`() throws {
        let allocation = Allocation(
            cpus: CPUSet([0, 1, 2, 3]),
            gpus: [.init(uuid: "GPU-1f2e", thousandths: 1_000)],
            memoryByNode: [
                .init(node: 0, size: MemorySize(bytes: 4_294_967_296)),
                .init(node: 2, size: MemorySize(bytes: 4096)),
            ]
        )
        #expect(
            allocation.description == "cpu=0-3 gpu=GPU-1f2e:1000 mem=0:4294967296,2:4096"
        )
        #expect(allocation.memory.bytes == 4_294_971_392)
        #expect(try Allocation(parsing: ByteString(allocation.description)) == allocation)
        #expect(Allocation(cpus: CPUSet([7])).description == "cpu=7")
    }

    @Test func `memory without a node is of any`() throws {
        let allocation = try Allocation(parsing: "cpu=7 mem=4096")
        #expect(allocation.memoryByNode == [.init(node: nil, size: MemorySize(bytes: 4096))])
        #expect(allocation.description == "cpu=7 mem=4096")
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
            "cpu=0 mem=0:", "cpu=0 mem=0:1,0:1", "cpu=0 mem=0:1,", "cpu=0 mem=:1",
            "cpu=0 mem=1:2:3",
            "cpu=0 mem=0:9223372036854775807,1:1",
        ]
    )
    func `what is no allocation is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .allocation)) {
            try Allocation(parsing: ByteString(text))
        }
    }
}
