import JobModel
import SeededRandom
import Testing

@Suite struct MemorySizeGrammarTests {
    @Test(
        arguments: [
            ("500", "500M", 500 << 20), ("1500K", "1500K", 1_500 << 10), ("1GB", "1G", 1 << 30),
            ("2t", "2T", 2 << 40), ("12gb", "12G", 12 << 30), ("1024m", "1G", 1 << 30),
            ("0", "0", 0), ("007", "7M", 7 << 20),
        ] as [(String, String, Int64)]
    )
    func `a size is read with its unit`(text: String, printed: String, bytes: Int64) throws {
        let size = try MemorySize(parsing: ByteString(text))
        #expect(size.bytes == bytes)
        #expect(size.description == printed)
    }

    @Test(
        arguments: [
            "1.5G", "10X", "1Gi", "-5", "", "G", "5B", "1GBB", "1 G", "9999999999999G", "12Q",
        ]
    )
    func `what is no size is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .memorySize)) {
            try MemorySize(parsing: ByteString(text))
        }
    }

    @Test func `a refused size says what would be right`() {
        #expect(
            ParseError("12Q", .memorySize).description
                == "'12Q' is not a size; use K, M, G or T, such as 12G"
        )
    }

    @Test func `a printed size is read back as the same`() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2_000 {
            let shift = Int64.random(in: 10...50, using: &generator)
            let size = MemorySize(bytes: Int64.random(in: 1...4_095, using: &generator) << shift)
            #expect(try MemorySize(parsing: ByteString(size.description)) == size)
        }
    }

    @Test func `bytes beyond whole kibibytes are rounded up`() {
        #expect(MemorySize(bytes: 1).description == "1K")
        #expect(MemorySize(bytes: 1_024 * 1_024 - 1).description == "1M")
    }

    @Test func `memory of 0 is all that there is`() throws {
        #expect(try MemoryRequest(parsing: "0") == .all)
        #expect(try MemoryRequest(parsing: "2G") == .perNode(MemorySize(bytes: 2 << 30)))
        #expect(try MemoryRequest(parsingPerCPU: "2G") == .perCPU(MemorySize(bytes: 2 << 30)))
    }
}
