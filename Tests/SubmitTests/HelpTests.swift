import Testing

@testable import submit

@Suite struct HelpTests {
    @Test func `help stays within 80 columns`() {
        let help = SubmitOptions.table.list.help(program: "submit")
        for line in help.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        #expect(help.contains("\n  -c, --cpus-per-task=N "))
    }
}
