import JobModel
import SeededRandom
import Testing

@Suite struct TimeLimitGrammarTests {
    @Test(
        arguments: [
            ("90", "1:30:00"), ("1:30", "1:30"), ("0:5", "0:05"), ("1:99", "2:39"),
            ("1-2:3:4", "1-02:03:04"), ("1-2:4", "1-02:04:00"), ("1-25", "2-01:00:00"),
            ("25:00:00", "1-01:00:00"), ("1-0", "1-00:00:00"), ("0", "UNLIMITED"),
            ("-1", "UNLIMITED"), ("infinite", "UNLIMITED"), ("UnLimited", "UNLIMITED"),
            ("0:00", "UNLIMITED"),
        ]
    )
    func `a time limit is read as Slurm reads it, to the second`(text: String, printed: String)
        throws
    {
        #expect(try TimeLimit(parsing: ByteString(text)).description == printed)
    }

    @Test(
        arguments: [
            "5m", "abc", "1.5", "1 2", "", "-5", "-", "1-", "1-2:3:4:5", "1:2:3:4", ":5", "5:",
            "+5", "99999999999999999999", "-1:00",
        ]
    )
    func `what is no time is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .timeLimit)) {
            try TimeLimit(parsing: ByteString(text))
        }
    }

    @Test func `a printed limit is read back as the same`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2_000 {
            let magnitude = Int64.random(in: 1...35, using: &generator)
            let seconds = Int64.random(in: 1...(1 << magnitude), using: &generator)
            let limit = TimeLimit.seconds(seconds)
            #expect(try TimeLimit(parsing: ByteString(limit.description)) == limit)
            let padded = ElapsedTime(seconds: seconds).paddedDescription
            #expect(try TimeLimit(parsing: ByteString(padded)) == limit)
        }
    }

    @Test(
        arguments: [
            (0, "0:00", "00:00:00"), (68, "1:08", "00:01:08"), (3_780, "1:03:00", "01:03:00"),
            (93_600, "1-02:00:00", "1-02:00:00"), (-3, "0:00", "00:00:00"),
        ] as [(Int64, String, String)]
    )
    func `times are printed as squeue and sacct print them`(
        seconds: Int64,
        short: String,
        padded: String
    ) {
        #expect(ElapsedTime(seconds: seconds).description == short)
        #expect(ElapsedTime(seconds: seconds).paddedDescription == padded)
    }

    @Test func `CPU time has milliseconds under an hour`() {
        #expect(ElapsedTime.cpuDescription(microseconds: 115_999) == "00:00.115")
        #expect(ElapsedTime.cpuDescription(microseconds: 61_002_000) == "01:01.002")
        #expect(ElapsedTime.cpuDescription(microseconds: 3_600_900_000) == "01:00:00")
    }
}
