import JobModel
import SeededRandom
import Testing

@Suite struct CPUSetGrammarTests {
    @Test(
        arguments: [("0-3,8", "0-3,8"), ("", ""), ("\n", ""), ("8,0,1\n", "0-1,8"), ("5", "5")]
    )
    func `a list is read and printed as the kernel writes it`(text: String, printed: String) throws
    {
        #expect(try CPUSet(parsing: ByteString(text)).description == printed)
    }

    @Test(arguments: ["x", "3-1", "1,", "-1", "1-", "1 2", "65536", "0-99999999999", "1\n\n"])
    func `what is no list is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .cpuList)) {
            try CPUSet(parsing: ByteString(text))
        }
    }

    @Test func `a printed list is read back as the same`() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let count = Int.random(in: 0...40, using: &generator)
            let set = CPUSet((0..<count).map { _ in Int.random(in: 0..<400, using: &generator) })
            #expect(try CPUSet(parsing: ByteString(set.description)) == set)
        }
    }
}
