import CommandLineSupport
import JobModel
import Testing

@Suite struct AlignmentTests {
    private func fitted(_ text: String, _ width: Int, _ alignment: Alignment) -> String {
        var buffer = OutputBuffer()
        buffer.append("|")
        let start = buffer.bytes.count
        buffer.append(text)
        buffer.fit(from: start, to: width, alignment)
        return buffer.string
    }

    @Test func `a text is filled up on its side and cut at the width`() {
        #expect(fitted("ab", 4, .left) == "|ab  ")
        #expect(fitted("ab", 4, .right) == "|  ab")
        #expect(fitted("abcdef", 4, .right) == "|abcd")
        #expect(fitted("漢字", 3, .left) == "|漢 ")
        #expect(fitted("漢字", 3, .right) == "| 漢")
        #expect(fitted("e\u{301}e\u{301}", 1, .left) == "|e\u{301}")
        #expect(fitted("", 2, .left) == "|  ")
    }
}
