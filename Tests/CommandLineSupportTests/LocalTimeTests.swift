import CommandLineSupport
import Foundation
import JobModel
import Testing

@Suite struct LocalTimeTests {
    @Test func `an instant is printed in local time`() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd'T'HH:mm:ss"
        for seconds in [0, 951_782_400, 1_764_000_466, 4_102_444_799] as [Int64] {
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            let instant = Timestamp(microseconds: seconds * 1_000_000 + 999_999)
            #expect(LocalTime.string(instant) == expected)
        }
    }

    @Test func `no instant is N/A`() {
        #expect(LocalTime.string(nil) == "N/A")
    }
}
