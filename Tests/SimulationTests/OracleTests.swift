import Foundation
import Testing

/// Real workloads, whose figures other simulators have found as well.
///
/// The traces are the Parallel Workloads Archive's (Feitelson, Tsafrir, Krakov, JPDC 2014) and not
/// part of the project. Left out are the rows that a debug build takes long for, and those that
/// the tests of `simulate` have; with SLUICE_TEST_ALL=1 all are replayed, in a release build within
/// minutes.
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

    /// The excerpts that a debug build replays within seconds.
    static let quick = [
        "KTH-SP2-1996-2.swf.gz 20001-25000", "SDSC-SP2-reduced.swf.gz 1-5000",
        "CERIT-SC-2013-wagap.swf.gz 1-5000", "NASA-iPSC-1993-3.1-cln.swf.gz 1-5000",
        "lublin_256.swf.gz 1-1024",
    ]

    /// The rows by trace, so that each trace is read once.
    static func rows() throws -> [[OracleRow]] {
        guard let folder else { return [] }
        let takesAll = ProcessInfo.processInfo.environment["SLUICE_TEST_ALL"] != nil
        let rows = try OracleRow.rows(of: folder.appending(path: "oracle.csv")).filter {
            takesAll || quick.contains("\($0.trace) \($0.jobs.lowerBound)-\($0.jobs.upperBound)")
        }
        return Dictionary(grouping: rows) { "\($0.trace) \($0.processors)" }
            .sorted { $0.key < $1.key }.map(\.value)
    }

    @Test(arguments: try rows())
    func `real workloads fare as elsewhere`(rows: [OracleRow]) throws {
        let folder = try #require(Self.folder)
        let first = try #require(rows.first)
        let trace = try TraceFile(folder.appending(path: first.trace), processors: first.processors)
        for row in rows { #expect(try row.differences(in: trace) == [], "\(row)") }
    }
}
