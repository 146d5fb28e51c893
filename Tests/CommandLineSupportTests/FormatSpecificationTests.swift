import CommandLineSupport
import JobModel
import Testing

@Suite struct FormatSpecificationTests {
    private func line(_ format: ByteString, isColoured: Bool = false) throws -> String {
        let specification = try FormatSpecification(parsing: format, letters: "ijt")
        var buffer = OutputBuffer()
        specification.appendLine(to: &buffer, isColoured: isColoured) { letter, buffer in
            switch letter {
            case UInt8(ascii: "i"): buffer.append(number: 17)
            case UInt8(ascii: "j"): TerminalText.append("a|b\n", to: &buffer)
            default: buffer.append("R")
            }
            return letter == UInt8(ascii: "t") ? .green : .plain
        }
        return buffer.string
    }

    @Test(
        arguments: [
            ("%.6i %4t|%j", "    17 R   |a|b\\n\n"), ("%i|%T".lowercased(), "17|R\n"),
            ("%1i", "1\n"), ("100%%%i", "100%17\n"), ("%i<><> %t", "17<><> R\n"),
            ("\"%i\",\"%j\"", "\"17\",\"a|b\\n\"\n"), ("", "\n"), ("%0i", "17\n"),
        ]
    )
    func `a line is laid out as squeue does`(format: String, expected: String) throws {
        #expect(try line(ByteString(format)) == expected)
    }

    @Test(arguments: ["%z", "%", "%.5", "%5"])
    func `an unknown field is refused`(format: String) {
        #expect(throws: ParseError(ByteString(format), .format(letters: "ijt"))) {
            try FormatSpecification(parsing: ByteString(format), letters: "ijt")
        }
    }

    @Test func `a colour goes around the cell and takes no width`() throws {
        #expect(try line("%3t|", isColoured: true) == "\u{1B}[32mR  \u{1B}[0m|\n")
        #expect(try line("%i", isColoured: true) == "17\n")
    }

    @Test func `an endless width is bounded`() throws {
        #expect(try line("%99999999999999999999i").count == FormatSpecification.widestColumn + 1)
    }
}
