import CommandLineSupport
import JobModel
import Testing

@Suite(.serialized) struct OptionTableTests {
    private struct Settings: Equatable {
        var memory: MemorySize?
        var isHeld = false
        var nice: Int64?
        var name: ByteString?
    }

    private let table = OptionTable<Settings>(
        forms: ["[options] command"],
        summary: "Tries options.",
        unsupported: { [UnsupportedOption("partition", "p")] },
        options: [
            .value("mem", letter: "m", "SIZE", variable: "TRY_MEM", help: "memory") {
                settings,
                text throws(ParseError) in
                settings.memory = try MemorySize(parsing: text)
            },
            .value("mem-per-cpu", "SIZE", help: "memory for each core") { _, _ in },
            .flag("hold", letter: "H", variable: "TRY_HOLD", help: "hold it") { $0.isHeld = true },
            .optionalValue("nice", letter: "N", "N", help: "be nice") {
                settings,
                text throws(ParseError) in
                settings.nice = 100
                if let text { settings.nice = try Int64(parsing: text, in: -10...10) }
            },
            .value("name", letter: "J", "NAME", completing: .files, help: "a name") {
                $0.name = $1
            },
        ]
    )

    private func read(_ words: [ByteString]) throws -> (Settings, [ByteString]) {
        let reading = try table.list.read(words)
        var settings = Settings()
        try table.apply(reading.settings, to: &settings)
        return (settings, reading.operands)
    }

    private func mistake(_ words: [ByteString]) -> String? {
        do {
            _ = try read(words)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(
        arguments: [
            ["--mem=1G"], ["--mem", "1G"], ["-m1G"], ["-m", "1G"], ["--mem=2G", "-m", "1G"],
        ] as [[ByteString]]
    )
    func `an option takes its argument in every form of getopt_long`(words: [ByteString]) throws {
        #expect(try read(words).0.memory == MemorySize(bytes: 1 << 30))
    }

    @Test func `letters may be joined and names cut short`() throws {
        let (settings, _) = try read(["-Hm1M", "--ho", "--na=x"])
        #expect(settings.isHeld)
        #expect(settings.memory == MemorySize(bytes: 1 << 20))
        #expect(settings.name == "x")
    }

    @Test func `options end at the first operand`() throws {
        let (settings, operands) = try read(["-H", "sleep", "--mem=x", "-J"])
        #expect(settings == Settings(isHeld: true))
        #expect(operands == ["sleep", "--mem=x", "-J"])
        #expect(try read(["--", "-H"]).1 == ["-H"])
        #expect(try read(["-", "-H"]).1 == ["-", "-H"])
        #expect(try read([]).1.isEmpty)
    }

    @Test func `an optional argument must be joined`() throws {
        #expect(try read(["--nice", "5"]).0.nice == 100)
        #expect(try read(["--nice=5"]).0.nice == 5)
        #expect(try read(["-N-5"]).0.nice == -5)
    }

    @Test func `an argument keeps bytes that are no UTF-8`() throws {
        #expect(try read(["-J", ByteString([0xFF, 0x01])]).0.name == ByteString([0xFF, 0x01]))
    }

    @Test(
        arguments: [
            (["--mem=12Q"], "--mem: '12Q' is not a size; use K, M, G or T, such as 12G"),
            (["--memm=1"], "there is no option --memm; did you mean --mem?"),
            (["--hodl"], "there is no option --hodl; did you mean --hold?"),
            (["--verbose"], "there is no option --verbose; --help lists them"),
            (["-H", "-Z"], "there is no option -Z; --help lists them"),
            (["-HZ"], "there is no option -Z; --help lists them"),
            (["--me=1"], "--me may be --mem or --mem-per-cpu; use more letters"),
            (["--mem"], "--mem needs an argument; --help shows it"),
            (["-Hm"], "-m needs an argument; --help shows it"),
            (["--hold=1"], "--hold takes no argument; use it alone"),
            (
                ["--partition=x"],
                "--partition is an option of Slurm that is not supported yet; take it out"
            ),
            (["-p", "x"], "-p is an option of Slurm that is not supported yet; take it out"),
        ] as [([ByteString], String)]
    )
    func `a mistake is told in one line`(words: [ByteString], message: String) {
        #expect(mistake(words) == message)
    }

    @Test func `variables set options, flags by being there`() throws {
        let values = ["TRY_MEM": "3M", "TRY_HOLD": ""]
        var settings = Settings()
        let found = table.list.readEnvironment { name in
            values[name.description].map { ByteString($0) }
        }
        try table.apply(found, to: &settings)
        #expect(settings == Settings(memory: MemorySize(bytes: 3 << 20), isHeld: true))
    }

    @Test func `a mistake in a variable names the variable`() {
        var settings = Settings()
        let found = table.list.readEnvironment { $0.description == "TRY_MEM" ? "x" : nil }
        let error = #expect(throws: OptionError.self) { try table.apply(found, to: &settings) }
        #expect(
            error?.description == "TRY_MEM: 'x' is not a size; use K, M, G or T, such as 12G"
        )
    }

    @Test func `a script's words are read like a command line`() throws {
        let script = try JobScript("#!/bin/sh\n#SBATCH --mem 1G -H\n#SBATCH -J 'a b'\n")
        var settings = Settings()
        try table.apply(try table.list.read(script.optionWords(), of: "x.sh"), to: &settings)
        #expect(
            settings == Settings(memory: MemorySize(bytes: 1 << 30), isHeld: true, name: "a b")
        )
    }

    @Test(
        arguments: [
            (
                "#SBATCH -H\n#SBATCH y",
                "x.sh: line 3: 'y' is not an option; only options may stand here"
            ),
            ("#\n#SBATCH --foo", "x.sh: line 3: there is no option --foo; --help lists them"),
            (
                "#SBATCH -H\n#SBATCH -p x",
                "x.sh: line 3: -p is an option of Slurm that is not supported yet; take it out"
            ),
            ("#SBATCH -H -m", "x.sh: line 2: -m needs an argument; --help shows it"),
            (
                "\n#SBATCH --mem\n#SBATCH 7x",
                "x.sh: line 4: --mem: '7x' is not a size; use K, M, G or T, such as 12G"
            ),
        ]
    )
    func `a mistake in a script names its line`(lines: String, message: String) throws {
        let script = try JobScript(ByteString("#!/bin/sh\n\(lines)\n"))
        let error = #expect(throws: OptionError.self) {
            var settings = Settings()
            try table.apply(try table.list.read(script.optionWords(), of: "x.sh"), to: &settings)
        }
        #expect(error?.description == message)
    }

    @Test func `help lists every option within 80 columns`() {
        let help = table.list.help(program: "try")
        #expect(help.hasPrefix("Usage: try [options] command\n\nTries options.\n\nOptions:\n"))
        #expect(help.contains("\n  -m, --mem=SIZE             memory [TRY_MEM]\n"))
        #expect(help.contains("\n  -N, --nice[=N]             be nice\n"))
        #expect(help.contains("\n  -h, --help                 print this and end\n"))
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}
