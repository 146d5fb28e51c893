import Testing

@testable import CommandLineSupport

/// Manual pages tell what the programs' own option tables say.
struct ManualTests {
    @Test(arguments: Repository.programs)
    func `every option stands in the program's page`(_ program: String) throws {
        let help = try #require(
            try Repository.output(of: "\(Repository.products)/\(program)", "--help")
        )
        let page = try Repository.page(of: program)
        var count = 0
        for line in help.split(separator: "\n") {
            guard let option = line.firstMatch(of: /^  (?:-(\w), |    )--([a-z-]+)/) else {
                continue
            }
            count += 1
            let name = try Regex("[ (]-\(option.2)(?![a-z-])")
            #expect(page.contains(name), "--\(option.2)")
            guard let letter = option.1 else { continue }
            let short = try Regex("Fl \(letter)(?![A-Za-z0-9-])")
            #expect(page.contains(short), "-\(letter)")
        }
        #expect(count >= 3)
    }

    @Test(arguments: Repository.programs)
    func `every variable that sets an option stands in the program's page`(
        _ program: String
    ) throws {
        let help = try #require(
            try Repository.output(of: "\(Repository.products)/\(program)", "--help")
        )
        let page = try Repository.page(of: program)
        for variable in help.matches(of: /\[([A-Z][A-Z0-9_]+)\]/) {
            #expect(page.contains(variable.1), "\(variable.1)")
        }
    }

    @Test(arguments: Repository.programs + ["stepd"])
    func `every program has a page that tells its exit statuses`(_ program: String) throws {
        let page = try Repository.page(of: program)
        #expect(page.contains(".Sh EXIT STATUS"))
        #expect(page.contains(".Nm \(program)\n"))
    }

    @Test func `the overview tells every exit status`() throws {
        let page = try Repository.text("man/sluice.7")
        for status in [
            ExitStatus.success, .refused, .usage, .unavailable, .inputOutput, .busy,
            .configuration,
        ] {
            #expect(page.contains(".It \(status.rawValue)\n"), "\(status)")
        }
    }
}
