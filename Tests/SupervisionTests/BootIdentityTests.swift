import Supervision
import Testing

@Test func `the identity of a boot stays the same as long as the machine runs`() throws {
    let first = try BootIdentity.current()
    #expect(try BootIdentity.current() == first)
    #expect(!first.text.isEmpty)
}
