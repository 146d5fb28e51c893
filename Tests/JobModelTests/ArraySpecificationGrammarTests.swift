import JobModel
import SeededRandom
import Testing

@Suite struct ArraySpecificationGrammarTests {
    @Test(
        arguments: [
            ("1,2-4,8-10:2%3", "1-4,8,10%3"), ("1-100:3%4", "1-100:3%4"), ("5", "5"),
            ("007", "7"), ("3,1,2,2", "1-3"), ("[1-3]", "1-3"), ("[1-3%2]", "1-3%2"),
            ("[1-3]%2", "1-3%2"), ("1-3%0", "1-3"), ("1-3%", "1-3"), ("1-3%-1", "1-3"),
            ("0-3", "0-3"), ("1-2", "1-2"), ("1-10:20", "1"), ("1-9:2", "1,3,5,7,9"),
            ("0-12:2,1-12:2", "0-12"), ("0,4,8,12,16", "0-16:4"),
        ]
    )
    func `an array is read and shown as Slurm does`(text: String, printed: String) throws {
        #expect(try ArraySpecification(parsing: ByteString(text)).description == printed)
    }

    @Test(
        arguments: [
            "3-1", "1-", "-1", "1:2", "1-5:0", "foo", "", "1,,2", ",1", "1,", "[1", "1]", "1%2%3",
            "1-5:-1", "1%x", "1 2", "1-2-3", "%3", "[]", "1%-2",
        ]
    )
    func `what is no array is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .arrayIndices)) {
            try ArraySpecification(parsing: ByteString(text))
        }
    }

    @Test(arguments: ["4000001", "0-4000001", "99999999999999999999999"])
    func `an index over the highest is refused by name`(text: String) {
        #expect(throws: ParseError(ByteString(text), .arrayIndexInRange)) {
            try ArraySpecification(parsing: ByteString(text))
        }
    }

    @Test func `a list that merges into too many ranges is refused`() {
        let primes = "0-500000:4,1-500000:3,2-500000:5,5-500000:7,3-500000:11"
        #expect(throws: ParseError(ByteString(primes), .arrayRanges(atMost: 100_000))) {
            try ArraySpecification(parsing: ByteString(primes))
        }
        let long = String(repeating: "0-4000000:2,", count: 100_001) + "1"
        #expect(throws: ParseError(ByteString(long), .arrayRanges(atMost: 100_000))) {
            try ArraySpecification(parsing: ByteString(long))
        }
    }

    @Test func `a long list of the same range is that range`() throws {
        let text = String(repeating: "1-4000000:3,1-4000000,", count: 10_000) + "7"
        let array = try ArraySpecification(parsing: ByteString(text))
        #expect(array.description == "1-4000000")
    }

    @Test func `a printed array is read back as the same`() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let limit = [20, 400, 4_000_000].randomElement(using: &generator) ?? 20
            let ranges = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                let first = Int.random(in: 0...limit, using: &generator)
                return ArrayIndexSet.Range(
                    first: first,
                    last: Int.random(in: first...limit, using: &generator),
                    step: Int.random(in: 1...5, using: &generator)
                )
            }
            let array = ArraySpecification(
                indices: ArrayIndexSet(ranges),
                throttle: Bool.random(using: &generator)
                    ? Int.random(in: 1...9, using: &generator) : nil
            )
            guard array.indices.ranges.count < 1_000 else { continue }
            let printed = ByteString(array.description)
            #expect(try ArraySpecification(parsing: printed) == array)
        }
    }
}
