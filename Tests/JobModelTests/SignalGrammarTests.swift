import JobModel
import Testing

@Suite struct SignalGrammarTests {
    @Test(arguments: ["TERM", "SIGTERM", "15", "sigterm", "Term"])
    func `a signal is read by name and number`(text: String) throws {
        #expect(try Signal(parsing: ByteString(text)) == .terminate)
    }

    @Test(arguments: ["", "0", "65", "FOO", "SIG", "-9", "15 ", "RTMIN"])
    func `what is no signal is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .signal)) {
            try Signal(parsing: ByteString(text))
        }
    }

    @Test func `a printed signal is read back as the same`() throws {
        for number in 1...Signal.largestNumber {
            let signal = Signal(number: number)
            #expect(try Signal(parsing: ByteString(signal.description)) == signal)
        }
        #expect(Signal(number: 10).description == "USR1")
    }
}
