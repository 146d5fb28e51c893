import JobModel
import Testing

@Suite struct GPURequestGrammarTests {
    @Test(arguments: [
        ("2", "2"), ("a100:2", "a100:2"), ("A100", "a100:1"), ("h100-80gb", "h100-80gb:1"),
    ])
    func `GPUs are asked for by number and type`(text: String, printed: String) throws {
        #expect(try GPURequest(parsing: ByteString(text))?.description == printed)
    }

    @Test(
        arguments: [
            ("gpu", "1"), ("gpu:2", "2"), ("gpu:a100", "a100:1"), ("GPU:a100:2", "a100:2"),
        ]
    )
    func `GPUs are asked for as a generic resource`(text: String, printed: String) throws {
        #expect(
            try GPURequest(parsingGenericResource: ByteString(text))?.description == printed
        )
    }

    @Test func `no GPU is no request`() throws {
        #expect(try GPURequest(parsing: "0") == nil)
        #expect(try GPURequest(parsingGenericResource: "gpu:a100:0") == nil)
        #expect(try GPURequest(parsingGenericResource: "none") == nil)
    }

    @Test(arguments: ["", "-1", "a100:", "a100:x", "a:b:1", ":2", "2:2", "a,b", "99999999"])
    func `what is no number of GPUs is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .gpus)) {
            try GPURequest(parsing: ByteString(text))
        }
    }

    @Test func `another generic resource is refused by name`() {
        #expect(throws: ParseError("fpga:1", .knownGenericResource)) {
            try GPURequest(parsingGenericResource: "fpga:1")
        }
        #expect(throws: ParseError("gpu:", .genericResource)) {
            try GPURequest(parsingGenericResource: "gpu:")
        }
    }
}
