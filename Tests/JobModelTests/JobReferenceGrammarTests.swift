import JobModel
import Testing

@Suite struct JobReferenceGrammarTests {
    @Test(
        arguments: [
            ("17", "17"), ("17_4", "17_4"), ("17_[1-3,7]", "17_[1-3,7]"), ("17_*", "17"),
            ("17_[4]", "17_4"), ("4_[0-3%2]", "4_[0-3]"), ("017", "17"),
        ]
    )
    func `jobs and tasks are named as Slurm names them`(text: String, printed: String) throws {
        #expect(try JobReference(parsing: ByteString(text)).description == printed)
    }

    @Test(arguments: ["", "0", "-1", "abc", "17_", "17_[1", "17.0", "17+0", "17 ", "1_2_3", "17_x"])
    func `what names no job is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .jobReference)) {
            try JobReference(parsing: ByteString(text))
        }
    }

    @Test func `a list is cut at the commas outside brackets`() throws {
        let list = try JobReference.list(parsing: "17,18_[1,3-4],19_2")
        #expect(list.map(\.description) == ["17", "18_[1,3-4]", "19_2"])
        #expect(throws: ParseError("x", .jobReference)) {
            try JobReference.list(parsing: "17,x,18")
        }
        #expect(throws: ParseError("", .jobReference)) { try JobReference.list(parsing: "17,") }
    }

    @Test func `an id is a whole number of 1 or more`() throws {
        #expect(try JobID(parsing: "42") == JobID(rawValue: 42))
        #expect(throws: ParseError("42_1", .jobReference)) { try JobID(parsing: "42_1") }
    }
}
