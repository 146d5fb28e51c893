import Foundation
import Testing

/// What `simulate` refuses: with one line and the right status, never by a crash.
struct RefusalTests {
    let folder: SimulateFolder

    init() throws { folder = try SimulateFolder() }

    @Test(
        arguments: [
            ("", "the file is empty"), ("; MaxProcs: 8\n", "the trace holds no job"),
            ("<html>\n<body>\n</html>\n", "this is no trace"),
            ("\u{0}\u{1}\u{2}\u{3}", "this is no trace"), ("1 2 3\n4 5 6\n", "line 1 has 3 fields"),
            ("; x\r\n; y\r\n1 2\r\n", "line 3 has 2 fields"),
            ("\u{1F}", "this is no trace"),
        ]
    )
    func `a file that is no trace`(content: String, message: String) throws {
        try folder.write("t", content.utf8)
        for run in [
            try folder.simulate("--trace", "t", "--procs=8"),
            try folder.simulate("--trace", "-", "--procs=8", input: "t"),
        ] {
            #expect(run.status == 1 && run.output.isEmpty)
            #expect(run.errorLines.count == 1 && run.errors.contains(message), "\(run.errors)")
        }
    }

    @Test func `packed data that is cut or damaged`() throws {
        try folder.write("t", (1...200).map { traceLine($0) }.joined().utf8)
        let packed = try folder.packed("t")
        try folder.write("cut", packed.prefix(packed.count / 2))
        try folder.write("broken", packed.dropLast(6) + Data(repeating: 0xFF, count: 6))
        try folder.write("magic", [0x1F, 0x8B])
        for (name, word) in [("cut", "too early"), ("broken", "damaged"), ("magic", "too early")] {
            let run = try folder.simulate("--trace", name, "--procs=8")
            #expect(run.status == 1 && run.errors.contains(word), "\(name): \(run.errors)")
        }
    }

    @Test func `a file that cannot be read`() throws {
        for (path, reason) in [
            ("gone", "No such file or directory"), (folder.path, "Is a directory"),
        ] {
            let run = try folder.simulate("--trace", path)
            #expect(run.status == 74 && run.errorLines.count == 1)
            #expect(run.errors.contains("\(path): \(reason)"))
        }
    }

    @Test func `a trace that leaves no job`() throws {
        try folder.write("t", traceLine(1, processors: 9).utf8)
        let run = try folder.simulate("--trace=t", "--procs=8")
        #expect(run.status == 1 && run.errors.contains("no job that can be replayed"))
        #expect(try folder.simulate("--trace=t", "--procs=9", "--jobs=2-3").status == 1)
    }

    @Test func `a trace that does not tell its machine`() throws {
        try folder.write("t", traceLine(1).utf8)
        let run = try folder.simulate("--trace=t")
        #expect(run.status == 64 && run.errors.contains("give --procs N"))
    }

    @Test(
        arguments: [
            ["--policy=lifo"], ["--policy="], ["--backfill=hard"], ["--estimates=guess"],
            ["--procs=0"], ["--procs=many"], ["--jobs=5-1"], ["--jobs=0-3"], ["--jobs=1-2-3"],
            ["--jobs=-"], ["--jobs=1-99999999999999999999"], ["--default-estimate=0"],
            ["--min-slice=-1"], ["--max-wait=-1"], ["--gain=0.5"], ["--gain=nan"], ["--gain=1e3"],
            ["--what-if=gpus"],
            ["--what-if=disks=+1"], ["--what-if="], ["--what-if=gpus=+x"], ["--what-if=policy=x"],
            ["--policy=fifo,sjf"], ["--backfill=none,easy"], ["--estimates=user,perfect"],
            ["--compare", "--what-if=cpus=1"], ["--compare", "--plot=p"],
            ["--what-if=cpus=1", "--plot=p"], ["--from-history"], ["other"], ["--plot="],
            ["--policy=srtf", "--backfill=conservative"], ["--policy=greedy", "--backfill=easy"],
            ["--compare", "--policy=greedy", "--backfill=easy,conservative"],
            ["--policy=srtf", "--what-if=backfill=conservative"], ["--no-such-option"],
        ]
    )
    func `a command line that makes no sense`(words: [String]) throws {
        try folder.write("t", traceLine(1).utf8)
        let run = try folder.simulate(["--trace=t", "--procs=4"] + words)
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(run.errorLines.count == 1 && run.errors.hasPrefix("simulate: "), "\(run.errors)")
    }

    @Test func `nothing to replay`() throws {
        #expect(try folder.simulate("--json").errors.contains("give --trace FILE"))
        #expect(try folder.simulate("--trace=").status == 64)
    }

    @Test func `what a machine could not be is refused`() throws {
        try folder.write("t", traceLine(1, processors: 4).utf8)
        let run = try folder.simulate("--trace=t", "--procs=4", "--what-if=cpus=-3")
        #expect(run.status == 64 && run.errors.contains("no job fits"))
    }

    @Test func `the reason of a refused combination is told`() throws {
        try folder.write("t", traceLine(1).utf8)
        let run = try folder.simulate("-tt", "-n4", "-psrtf", "-bconservative")
        #expect(run.errors.contains("'srtf'") && run.errors.contains("'conservative'"))
    }

    @Test func `bad lines among good ones are told with the first one's number`() throws {
        let text = traceLine(1) + "oops\n" + traceLine(2) + traceLine(3) + "1 2\n"
        try folder.write("t", text.utf8)
        let run = try folder.simulate("--trace=t", "--procs=4", "--json")
        #expect(try run.json()["jobs"] as? Int == 3)
        #expect(
            run.errors
                == "simulate: t: 2 lines are no jobs and are left out; the first, line 2, has no "
                + "number as its field 1\n"
        )
    }

    @Test func `a page that cannot be written`() throws {
        try folder.write("t", traceLine(1).utf8)
        let run = try folder.simulate("--trace=t", "--procs=4", "--plot=no/such/folder/p.svg")
        #expect(run.status == 74 && run.errors.contains("no/such/folder/p.svg"))
        #expect(try folder.simulate("--trace=t", "--procs=4", "--plot=/dev/full").status == 74)
    }
}
