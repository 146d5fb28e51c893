import Foundation
import Testing

/// Real workloads, whose figures other simulators have found as well.
///
/// The traces are the Parallel Workloads Archive's (Feitelson, Tsafrir, Krakov, JPDC 2014) and not
/// part of the project. SLUICE_TEST_ALL=1 replays every row, for which a release build is wanted.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"] != nil,
        "SLUICE_TEST_DATA does not name the folder that has traces/"
    )
)
struct OracleTests {
    static let folder = ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"].map {
        URL(fileURLWithPath: $0).appending(path: "traces")
    }

    static func rows() throws -> [OracleRow] {
        guard let folder else { return [] }
        return try OracleRow.rows(of: folder.appending(path: "oracle.csv"))
    }

    @Test(arguments: try rows())
    func `a real workload fares as elsewhere`(row: OracleRow) throws {
        let folder = try #require(Self.folder)
        #expect(try row.differences(in: folder) == [])
    }
}
