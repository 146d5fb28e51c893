import CommandLineSupport
import JobModel
import Testing

@Suite struct TerminalTextTests {
    private func escaped(_ bytes: ByteString) -> String {
        var buffer = OutputBuffer()
        TerminalText.append(bytes, to: &buffer)
        return buffer.string
    }

    @Test(
        arguments: [
            ("plain ~ text", "plain ~ text"), ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\u{1B}[31mred", "\\x1b[31mred"), ("\u{7F}\u{0}", "\\x7f\\x00"),
            ("\u{85}\u{9B}", "\\u0085\\u009b"), ("a\u{202E}b\u{2066}", "a\\u202eb\\u2066"),
            ("x\u{2028}y", "x\\u2028y"), ("é 漢 👩‍💻", "é 漢 👩‍💻"), ("", ""),
        ]
    )
    func `nothing in a text reaches the terminal's controls`(text: String, shown: String) {
        #expect(escaped(ByteString(text)) == shown)
    }

    @Test(
        arguments: [
            ([0xFF], "\\xff"), ([0x41, 0xC3], "A\\xc3"), ([0xC0, 0xAF], "\\xc0\\xaf"),
            ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([0xE2, 0x82, 0x41], "\\xe2\\x82A"),
            ([0xF4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"),
            ([0xF0, 0x9F, 0x98, 0x80], "😀"),
        ] as [([UInt8], String)]
    )
    func `bytes that are no UTF-8 are shown as bytes`(bytes: [UInt8], shown: String) {
        #expect(escaped(ByteString(bytes)) == shown)
    }

    @Test func `valid text is what the standard library calls valid`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let bytes = (0..<4).map { _ in UInt8.random(in: 0xA0...0xF5, using: &generator) }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect(escaped(ByteString(bytes)).contains("\\x") == !isValid, "\(bytes)")
        }
    }

    @Test(
        arguments: [
            ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("😀", 2), ("👩‍💻", 2), ("👍🏽", 2),
            ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("🇩🇪", 2), ("Ａ", 2), ("", 0),
            ("\u{200B}", 0),
        ]
    )
    func `widths are counted in columns`(text: String, columns: Int) {
        #expect(TerminalText.width(of: ByteString(text).bytes.span) == columns)
    }
}
