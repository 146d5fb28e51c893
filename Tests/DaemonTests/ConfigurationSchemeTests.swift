import Planner
import Testing

@testable import Daemon

/// What the configuration says of the order of jobs.
struct ConfigurationSchemeTests {
    private func scheme(_ text: String) throws -> Scheme {
        try Configuration(text: text, file: "schedd.toml").scheme
    }

    @Test func `without a word the planner's own figures hold`() throws {
        #expect(try scheme("") == Scheme.plain)
    }

    @Test func `weights go into the scheme`() throws {
        let weights = try scheme(
            """
            priority_weight_age = 1000
            priority_weight_job_size = 20
            priority_favor_small = true
            priority_max_age = "1-12"
            """
        ).weights
        let expected = Weights(age: 1000, size: 20, favorsSmall: true, maximumAge: 129_600)
        #expect(weights == expected)
    }

    @Test func `depth and window go into the backfill`() throws {
        let text = "backfill = \"conservative\"\nbf_window = \"1440\"\nbf_max_job_test = 500"
        let expected = Backfill(.conservative, depth: 500, window: 86_400)
        #expect(try scheme(text).backfill == expected)
        #expect(
            try scheme("bf_window = \"unlimited\"\nbf_max_job_test = \"unlimited\"")
                == Scheme.plain
        )
    }

    @Test(arguments: [("2.5", 2.5), ("3", 3)])
    func `slice and gain go into the preemption`(_ text: String, _ gain: Double) throws {
        let preemption = try scheme("preempt_min_slice = \"5min\"\npreempt_gain = \(text)")
            .preemption
        #expect(preemption == Preemption(minimumSlice: 300, gain: gain))
    }

    @Test(arguments: [
        ("priority_weight_age = -1", "a whole number from 0 to 1000000 is expected, not -1"),
        ("priority_weight_job_size = \"big\"", "a whole number from 0 to 1000000"),
        ("priority_favor_small = 1", "true or false is expected, not 1"),
        ("priority_max_age = \"unlimited\"", "a time from a second to a year"),
        ("priority_max_age = \"400-00\"", "a time from a second to a year"),
        ("bf_window = 30", "a time as for default_time"),
        ("bf_max_job_test = 0", "a whole number from 1, or \"unlimited\" is expected, not 0"),
        ("preempt_min_slice = \"soon\"", "a time such as \"30s\""),
        ("preempt_gain = 0.5", "a number above 1 is expected, not 0.5"),
        ("preempt_gain = inf", "a number above 1"),
    ])
    func `a mistake is told with file, line, key and what is right`(
        _ line: String,
        _ words: String
    ) throws {
        let key = line.prefix { $0 != " " }
        let error = #expect(throws: ConfigurationError.self) { try scheme("\n\(line)\n") }
        let text = try #require(error).description
        #expect(text.hasPrefix("schedd.toml:2: \(key): \(words)"), "\(text)")
    }
}
