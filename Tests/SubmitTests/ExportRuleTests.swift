import JobModel
import Testing

@testable import submit

@Suite struct ExportRuleTests {
    private let caller: [ByteString] = [
        "HOME=/h", "USER=ann", "LOGNAME=ann", "SHELL=/bin/zsh", "PATH=/opt/bin", "SEED=1", "EMPTY=",
        "SLURM_JOB_ID=3", "SEEDS=2",
    ]

    private func environment(_ rule: ByteString) throws -> [String] {
        try ExportRule(parsing: rule).environment(from: caller).map(\.string)
    }

    private let login = [
        "HOME=/h", "USER=ann", "LOGNAME=ann", "SHELL=/bin/zsh", "PATH=/usr/local/bin:/usr/bin:/bin",
    ]

    @Test func `a job gets the whole environment by default, but nothing of a surrounding job`() {
        let environment = ExportRule().environment(from: caller)
        #expect(environment == caller.filter { $0 != "SLURM_JOB_ID=3" })
    }

    @Test func `NONE leaves what a login has`() throws {
        #expect(try environment("NONE") == login + ["SLURM_EXPORT_ENV=NONE"])
        #expect(try environment("NIL") == [])
    }

    @Test func `names and values are added to a login's environment, or to all of it`() throws {
        #expect(try environment("SEED,X=a b,UNSET") == login + ["SEED=1", "X=a b"])
        #expect(try environment("ALL,SEED=7").contains("SEED=7"))
        #expect(try !environment("ALL,SEED=7").contains("SEED=1"))
        #expect(try environment("ALL,SEED=7").contains("SEEDS=2"))
        #expect(try environment("PATH") == login.dropLast() + ["PATH=/opt/bin"])
        #expect(try environment("SLURM_JOB_ID").last == "SLURM_JOB_ID=3")
    }

    @Test func `quotes keep a comma in a value`() throws {
        #expect(try environment("X='a,b',Y=\"c,d\"").suffix(2) == ["X=a,b", "Y=c,d"])
    }

    @Test(arguments: ["", ",", "A,,B", "=x", "A,"])
    func `an empty name is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .exportRule)) {
            try ExportRule(parsing: ByteString(text))
        }
    }
}
