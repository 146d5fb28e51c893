import JobModel
import Testing

@Suite struct OutputPatternTests {
    private let single = OutputPattern.Context(
        job: JobID(rawValue: 17),
        jobName: "train",
        userName: "ann",
        hostName: "box"
    )
    private let task = OutputPattern.Context(
        job: JobID(rawValue: 23),
        array: JobID(rawValue: 20),
        taskIndex: 4,
        jobName: "sweep",
        userName: "ann",
        hostName: "box"
    )

    private func expand(_ pattern: String, _ context: OutputPattern.Context) -> String {
        OutputPattern(ByteString(pattern)).expand(context).string
    }

    @Test(
        arguments: [
            ("slurm-%j.out", "slurm-17.out"), ("%A_%a", "17_4294967294"), ("%J", "17"),
            ("%N/%n.%t.%s", "box/0.0.batch"), ("%u-%x", "ann-train"), ("100%%", "100%"),
            ("%5j", "00017"), ("%1j", "17"), ("%99999999999999999999j", "0000000017"),
            ("%b%q", "%b%q"), ("%5b", "%5b"), ("%", "%"), ("a%7", "a%7"), ("$HOME/~x", "$HOME/~x"),
            ("%%j", "%j"), ("", ""),
        ]
    )
    func `marks are replaced for a single job`(pattern: String, name: String) {
        #expect(expand(pattern, single) == name)
    }

    @Test(
        arguments: [
            ("slurm-%A_%a.out", "slurm-20_4.out"), ("%j", "23"), ("%3a", "004"), ("%x", "sweep"),
        ]
    )
    func `marks are replaced for a task`(pattern: String, name: String) {
        #expect(expand(pattern, task) == name)
    }

    @Test func `a backslash takes the meaning of all marks away`() {
        #expect(expand(#"p\%j-%j.out"#, single) == "p%j-%j.out")
        #expect(expand(#"a\\b%j"#, single) == #"a\b%j"#)
        #expect(expand(#"%j\"#, single) == "%j")
    }

    @Test func `bytes that are no UTF-8 stay as they are`() {
        var context = single
        context.jobName = ByteString([0xFF, 0x41])
        let name = OutputPattern(ByteString([0xFE, 0x25, 0x78])).expand(context)
        #expect(name.bytes == [0xFE, 0xFF, 0x41])
    }
}
