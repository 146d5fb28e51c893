import CommandLineSupport
import JobModel
import Testing

@Suite struct TableTests {
    @Test func `columns are as wide as their widest cell`() {
        var table = Table([.init("NAME"), .init("CORES", .right), .init("STATE")])
        for (name, cores, state) in [("漢字", 4, "up"), ("b", 128, "down")] {
            table.add(name)
            table.add { $0.append(number: cores) }
            table.add(state, .red)
        }
        var buffer = OutputBuffer()
        table.write(to: &buffer)
        #expect(
            buffer.string
                == "NAME  CORES  STATE\n漢字      4  up\nb       128  down\n"
        )
        var plain = OutputBuffer()
        table.write(to: &plain, withHeader: false, isColoured: true)
        #expect(plain.string.hasPrefix("漢字    4  \u{1B}[31mup\u{1B}[0m\n"))
    }

    @Test func `a table without a line is its head`() {
        var buffer = OutputBuffer()
        Table([.init("A"), .init("B")]).write(to: &buffer)
        #expect(buffer.string == "A  B\n")
    }
}
