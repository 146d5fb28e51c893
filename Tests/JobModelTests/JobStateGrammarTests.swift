import JobModel
import Testing

@Suite struct JobStateGrammarTests {
    @Test func `a state is read by name and code in any case`() throws {
        for state in JobState.allCases {
            #expect(try JobState(parsing: ByteString(state.rawValue)) == state)
            #expect(try JobState(parsing: ByteString(state.code.lowercased())) == state)
        }
        #expect(throws: ParseError("foo", .jobState)) { try JobState(parsing: "foo") }
    }

    @Test func `a filter takes lists, all, and states that no job here has`() throws {
        #expect(try JobStateFilter(parsing: "r,Pending").states == [.pending, .running])
        #expect(try JobStateFilter(parsing: "all").states == JobState.allCases)
        #expect(try JobStateFilter(parsing: "CG,preempted").states.isEmpty)
        #expect(try JobStateFilter(parsing: "PD,CG").contains(.pending))
        #expect(throws: ParseError("foo", .jobState)) { try JobStateFilter(parsing: "PD,foo") }
        #expect(throws: ParseError("", .jobState)) { try JobStateFilter(parsing: "") }
    }
}
