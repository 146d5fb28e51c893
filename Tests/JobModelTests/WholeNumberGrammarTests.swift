import JobModel
import Testing

@Suite struct WholeNumberGrammarTests {
    @Test func `a whole number is read within its range`() throws {
        #expect(try Int64(parsing: "12", in: 1...20) == 12)
        #expect(try Int64(parsing: "-12", in: -20...20) == -12)
        #expect(try Int64(parsing: "+3", in: 0...3) == 3)
        for text in ["0", "21", "", "1.5", "abc", "12x", "--1", "99999999999999999999"] {
            #expect(throws: ParseError(ByteString(text), .number(1...20))) {
                try Int64(parsing: ByteString(text), in: 1...20)
            }
        }
    }

    @Test func `a refused number says its range`() {
        #expect(
            ParseError("0", .number(1...Int64.max)).description
                == "'0' is not a whole number of at least 1"
        )
        #expect(
            ParseError("x", .number(0...9)).description == "'x' is not a whole number from 0 to 9"
        )
    }
}
