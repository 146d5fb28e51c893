import CommandLineSupport
import JobModel
import Testing

struct StartTimeTests {
    private let now = Timestamp(microseconds: 1_700_050_000_250_000)

    private func read(_ text: ByteString) throws -> String {
        LocalTime.string(try StartTime(parsing: text, now: now).instant)
    }

    @Test(
        arguments: [
            ("now", 0), ("NOW", 0), ("now-60", -60), ("now+30", 30), ("now-2minutes", -120),
            ("now-1hour", -3_600), ("now - 1 hour", -3_600), ("now-3days", -259_200),
            ("now-1week", -604_800), ("now-10seconds", -10),
        ] as [(ByteString, Int64)]
    )
    func `a time may be told from now on`(text: ByteString, seconds: Int64) throws {
        let instant = try StartTime(parsing: text, now: now).instant
        #expect(instant.microseconds - now.microseconds == seconds * 1_000_000)
    }

    @Test(
        arguments: [
            ("2023-11-14", "2023-11-14T00:00:00"), ("2023-11-14T07:05", "2023-11-14T07:05:00"),
            ("2023-11-14T07:05:09", "2023-11-14T07:05:09"), ("2024-02-29", "2024-02-29T00:00:00"),
        ] as [(ByteString, String)]
    )
    func `a day and an hour are local time`(text: ByteString, printed: String) throws {
        #expect(try read(text) == printed)
    }

    @Test func `without a day it is today, without an hour midnight`() throws {
        let day = try #require(LocalTime.string(now).split(separator: "T").first)
        #expect(try read("today") == "\(day)T00:00:00")
        #expect(try read("midnight") == "\(day)T00:00:00")
        #expect(try read("noon") == "\(day)T12:00:00")
        #expect(try read("09:30") == "\(day)T09:30:00")
        let year = day.prefix(4)
        #expect(try read("0314") == "\(year)-03-14T00:00:00")
        #expect(try read("03/14") == "\(year)-03-14T00:00:00")
    }

    @Test(
        arguments: [
            "", "yesterdayish", "now-", "now-x", "now-1h", "now*2", "24:00", "12:60", "12",
            "2023-02-30", "2023-13-01", "2023-11-14T", "2023-1", "23-11-14", "13/01", "1332",
            "now-99999999999999999999",
        ] as [ByteString]
    )
    func `anything else is refused`(text: ByteString) throws {
        let error = #expect(throws: ParseError.self) { try StartTime(parsing: text, now: now) }
        #expect(error?.description.contains("is not a time; use") == true)
    }
}
