import Foundation
import Testing

/// What `simulate` makes of a trace.
struct ReplayTests {
    let folder: SimulateFolder

    init() throws { folder = try SimulateFolder() }

    /// On 4 processors: a long wide job, one that must wait for it, and one that may go in front.
    private static let small =
        "; MaxProcs: 4\n"
        + traceLine(1, submit: 0, runTime: 100, processors: 3, limit: 100, user: 1)
        + traceLine(2, submit: 10, runTime: 50, processors: 4, limit: 60, user: 1)
        + traceLine(3, submit: 20, runTime: 40, processors: 1, limit: 70, user: 2)

    /// What comes out by hand with `easy`: starts at 0, 100 and 20; ends at 100, 150 and 60.
    private static let smallFigures: [String: Double] = [
        "jobs": 3, "mean_wait": 30, "median_wait": 0, "p95_wait": 90, "max_wait": 90,
        "mean_slowdown": 1.6, "mean_bounded_slowdown": 1.6, "utilization": 0.9, "makespan": 150,
        "backfilled": 1, "preemptions": 0, "corrections": 0, "user_fairness": 0.912148,
    ]

    private func figures(_ words: String...) throws -> [String: Double] {
        try folder.simulate(words + ["--json"]).json().compactMapValues {
            ($0 as? NSNumber)?.doubleValue
        }
    }

    @Test func `a small workload comes out as by hand`() throws {
        try folder.write("small.swf", Self.small.utf8)
        let figures = try figures("--trace", "small.swf", "--backfill", "easy")
        #expect(Set(figures.keys) == Set(Self.smallFigures.keys))
        for (key, value) in Self.smallFigures {
            #expect(abs((figures[key] ?? .nan) - value) < 2e-6, "\(key)")
        }
    }

    @Test func `nothing goes in front without backfill`() throws {
        try folder.write("small.swf", Self.small.utf8)
        let figures = try figures("--trace", "small.swf", "--backfill=none")
        // Starts at 0, 100 and 150.
        #expect(figures["mean_wait"] == 220.0 / 3.0 || figures["mean_wait"] == 73.333333)
        #expect(figures["makespan"] == 190 && figures["backfilled"] == 0)
    }

    @Test func `packed, from a pipe and as it is, a trace is the same`() throws {
        try folder.write("small.swf", Self.small.utf8)
        try folder.write("small.swf.gz", folder.packed("small.swf"))
        let plain = try folder.simulate("--trace", "small.swf", "--json")
        for run in [
            try folder.simulate("--trace", "small.swf.gz", "--json"),
            try folder.simulate("--trace", "-", "--json", input: "small.swf"),
            try folder.simulate("-t-", "--json", input: "small.swf.gz"),
        ] {
            #expect(run.status == 0 && run.output == plain.output && run.errors.isEmpty)
        }
    }

    @Test func `a job ends at its limit`() throws {
        let line = traceLine(1, runTime: 100, processors: 1, limit: 30)
        try folder.write("t", line.utf8)
        #expect(try figures("--trace=t", "--procs=1")["makespan"] == 30)
    }

    @Test func `what cannot run is left out before positions are counted`() throws {
        let text =
            traceLine(1, runTime: 0) + traceLine(2, submit: -5) + traceLine(3, processors: 9)
            + traceLine(4, processors: -1) + traceLine(6, submit: 7, runTime: 20)
            + traceLine(5, submit: 7, runTime: 30) + traceLine(7, submit: 3, runTime: 10)
        try folder.write("t", text.utf8)
        // In order: 7, 5, 6.
        for (positions, makespan) in [("1-1", 10), ("2-2", 30), ("3", 20), ("2-9", 50)] {
            let figures = try figures("--trace=t", "--procs=1", "--jobs", positions)
            #expect(figures["makespan"] == Double(makespan), "\(positions)")
        }
        let report = try folder.simulate("--trace=t", "--procs=8").output
        #expect(report.contains("Left out: 4 "))
    }

    @Test func `numbers may repeat, as in traces put together`() throws {
        let text = traceLine(1) + traceLine(1) + traceLine(-1) + traceLine(-1)
        try folder.write("t", text.utf8)
        let figures = try figures("--trace=t", "--procs=1")
        #expect(figures["jobs"] == 4 && figures["makespan"] == 400)
    }

    @Test func `numbers beyond all reason neither crash nor overflow`() throws {
        let large = 1_000_000_000_000
        let long = 2_147_483_646
        let text =
            traceLine(1, submit: large, runTime: long, processors: 3, limit: large)
            + traceLine(2, submit: large, runTime: long, processors: 3, limit: -large)
            + traceLine(large, submit: 0, runTime: 1, processors: 3, user: -large)
            + traceLine(-large, submit: -large, runTime: -long)
            + "99999999999999999999 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"
        try folder.write("t", text.utf8)
        for policy in ["fifo", "sjf", "saf", "wfp3", "unicep", "f1", "greedy", "srtf"] {
            let run = try folder.simulate(
                "--trace=t",
                "--procs=3",
                "-p",
                policy,
                "-b",
                "none",
                "--json"
            )
            #expect(run.status == 0, "\(policy): \(run.errors)")
            #expect(run.errors.contains("1 line is no job and is left out; line 5,"))
            #expect(try run.json()["makespan"] as? Int == large + 2 * long, "\(policy)")
        }
    }

    @Test func `every policy, backfill and estimate that go together run`() throws {
        var text = ""
        for number in 1...60 {
            text += traceLine(
                number,
                submit: number * 13 % 200,
                runTime: number * 37 % 300 + 1,
                processors: number % 4 + 1,
                limit: number % 3 == 0 ? -1 : number * 29 % 500 + 1,
                user: number % 5 - 1
            )
        }
        try folder.write("t", text.utf8)
        let run = try folder.simulate(
            "--trace=t",
            "--procs=4",
            "--compare",
            "--estimates=user,perfect,predicted",
            "--json"
        )
        let runs = try #require(try run.json()["runs"] as? [[String: Any]])
        #expect(runs.count == 8 * 3 * 3)
        #expect(runs.allSatisfy { $0["jobs"] as? Int == 60 })
        let schemes = Set(
            runs.map { "\($0["policy"] ?? "") \($0["backfill"] ?? "") \($0["estimates"] ?? "")" }
        )
        #expect(schemes.count == runs.count)
        #expect(!schemes.contains("srtf conservative user") && schemes.contains("greedy none user"))
    }

    @Test func `a bound on waiting brings forward what a policy would leave behind`() throws {
        // A job of both processors, and short ones of one that keep coming.
        var text = traceLine(0, runTime: 60) + traceLine(1, submit: 1, processors: 2)
        for number in 2...100 { text += traceLine(number, submit: (number - 1) * 40, runTime: 60) }
        try folder.write("t", text.utf8)
        let words = ["--trace=t", "--procs=2", "--policy=greedy", "--backfill=none"]
        let without = try folder.simulate(words + ["--json"]).json()
        let with = try folder.simulate(words + ["--json", "--max-wait=300"]).json()
        #expect(try #require(without["max_wait"] as? Int) > 3_000)
        #expect(300..<500 ~= (try #require(with["max_wait"] as? Int)))
    }

    @Test func `the best of each column is marked`() throws {
        try folder.write("small.swf", Self.small.utf8)
        let run = try folder.simulate(
            "--trace=small.swf",
            "--compare",
            "--policy=fifo",
            "--backfill=none,easy"
        )
        let lines = run.output.split(separator: "\n")
        let none = try #require(lines.first { $0.hasPrefix("fifo    none") })
        let easy = try #require(lines.first { $0.hasPrefix("fifo    easy") })
        #expect(easy.contains("0:30*") && easy.contains("90 %*") && !none.contains("1:13*"))
        #expect(run.output.contains("* the best"))
    }

    @Test func `a larger machine is asked about, and a smaller one says what does not fit`() throws
    {
        try folder.write("small.swf", Self.small.utf8)
        let run = try folder.simulate(
            "--trace=small.swf",
            "-w",
            "cpus=+4,backfill=none",
            "-w",
            "cpus=3",
            "--json"
        )
        let runs = try #require(try run.json()["runs"] as? [[String: Any]])
        #expect(runs.map { $0["what_if"] as? String } == [nil, "cpus=+4,backfill=none", "cpus=3"])
        #expect(runs.map { $0["processors"] as? Int } == [4, 8, 3])
        #expect(runs.map { $0["jobs"] as? Int } == [3, 3, 2])
        #expect(runs[1]["mean_wait"] as? Int == 0 && runs[1]["backfill"] as? String == "none")
        let text = try folder.simulate("--trace=small.swf", "-w", "cpus=3").output
        #expect(text.contains("cpus=3: only 2 of 3 jobs fit that machine"))
    }
}
