import Foundation
import Linux
import Testing
import Trace

/// A trace is read whatever it looks like, or refused with the reason.
struct TraceTests {
    /// A line of a job with these fields, the others unknown.
    private static func line(
        _ number: Int,
        submit: Int = 0,
        runTime: Int = 10,
        allocated: Int = -1,
        requested: Int = 1,
        limit: Int = -1,
        user: Int = 3
    ) -> String {
        "\(number) \(submit) -1 \(runTime) \(allocated) -1 -1 \(requested) \(limit) -1 1 \(user)"
            + " -1 -1 -1 -1 -1 -1\n"
    }

    private static func read(_ bytes: [UInt8]) throws -> Trace {
        let file = try Descriptor.memory("trace", holding: bytes)
        return try Trace(reading: file)
    }

    private static func read(_ text: String) throws -> Trace { try read(Array(text.utf8)) }

    private static func packed(_ text: String) throws -> [UInt8] {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(data)
    }

    @Test func `each field that counts is taken from its place`() throws {
        let trace = try Self.read("7 100 5 60 4 -1 -1 8 120 -1 1 42 1 -1 -1 -1 -1 -1\n")
        let record = try #require(trace.records.first)
        #expect(record.number == 7 && record.submit == 100 && record.runTime == 60)
        #expect(record.allocatedProcessors == 4 && record.requestedProcessors == 8)
        #expect(record.requestedTime == 120 && record.user == 42)
    }

    @Test func `the processors asked for count before those given`() throws {
        let trace = try Self.read(
            Self.line(1, allocated: 4, requested: 8) + Self.line(2, allocated: 4, requested: -1)
        )
        #expect(trace.records.map(\.processors) == [8, 4])
    }

    @Test func `fractions and exponents are cut to integers`() throws {
        let trace = try Self.read("1 10.9 -1 1e2 +4 0.5 -1 -1.7 99.999 -1 1 3\n")
        let record = try #require(trace.records.first)
        #expect(record.submit == 10 && record.runTime == 100 && record.allocatedProcessors == 4)
        #expect(record.requestedProcessors == -1 && record.requestedTime == 99)
    }

    @Test(arguments: ["\n", "\r\n", " \t\n"])
    func `blanks at a line's end do not count`(end: String) throws {
        let text = ";MaxProcs: 64" + end + end + "  1\t2  -1 3 4 -1 -1 5 6 -1 1 7" + end
        let trace = try Self.read(text)
        #expect(trace.records.count == 1 && trace.badLines == 0)
        #expect(trace.processors == 64 && trace.records.first?.user == 7)
    }

    @Test func `the last line needs no end`() throws {
        let text = Self.line(1) + String(Self.line(2).dropLast())
        #expect(try Self.read(text).records.map(\.number) == [1, 2])
    }

    @Test(
        arguments: [
            ("; MaxProcs: 128\n; MaxNodes: 64\n", 128), ("; MaxNodes: 64 (8 each)\n", 64),
            (";maxprocs :  9\n", 9), ("; MaxProcs: -1\n; MaxNodes: 5\n", 5),
            ("; MaxProcs: 1\n; MaxProcs: 2\n", 1),
        ] as [(String, Int64)]
    )
    func `the header tells the processors`(header: String, processors: Int64) throws {
        #expect(try Self.read(header + Self.line(1)).processors == processors)
    }

    @Test(arguments: ["", "; MaxProcs\n", "; MaxProcs: many\n", "; Procs: 3\n"])
    func `no processors are made up`(header: String) throws {
        #expect(try Self.read(header + Self.line(1)).processors == nil)
    }

    @Test(
        arguments: [
            ("1 2 3\n", .fields(3)), ("1 2 -1 x 4 -1 -1 5 6 -1 1 7\n", .notANumber(field: 4)),
            ("1 2 -1 nan 4 -1 -1 5 6 -1 1 7\n", .notANumber(field: 4)),
            ("1 2 -1 3 4 -1 -1 5 6 -1 1 7 8 9 10 11 12 ?\n", .notANumber(field: 18)),
            ("1 99999999999999999999 -1 3 4 -1 -1 5 6 -1 1 7\n", .tooLarge(field: 2)),
            ("1 2 -1 2147483647 4 -1 -1 5 6 -1 1 7\n", .tooLarge(field: 4)),
            ("1 -1e300 -1 3 4 -1 -1 5 6 -1 1 7\n", .tooLarge(field: 2)),
            (String(repeating: "1 ", count: 20_000) + "\n", .tooLong),
        ] as [(String, BadLine)]
    )
    func `a bad line is counted and the first one told`(line: String, problem: BadLine) throws {
        let trace = try Self.read(
            "; x\n" + Self.line(1) + line + Self.line(2) + line + Self.line(3)
        )
        #expect(trace.records.map(\.number) == [1, 2, 3])
        #expect(trace.badLines == 2)
        #expect(trace.firstBadLine?.line == 3 && trace.firstBadLine?.problem == problem)
    }

    @Test func `what does not count may be as large as it likes`() throws {
        let trace = try Self.read("1 2 -1 3 4 -1 99999999999999999999 5 6 1e300 1 7\n")
        #expect(trace.records.count == 1 && trace.badLines == 0)
    }

    @Test(
        arguments: [
            ("", .empty), ("; MaxProcs: 8\n", .noJobs), ("\n\n", .noJobs),
            ("hello, world\n", .noTrace(line: 1, .notANumber(field: 1))),
            ("; x\n1 2 3\n", .noTrace(line: 2, .fields(3))),
            (line(1) + "a\nb\n", .noTrace(line: 2, .notANumber(field: 1))),
        ] as [(String, TraceError)]
    )
    func `what is no trace is refused`(text: String, error: TraceError) {
        #expect(throws: error) { try Self.read(text) }
    }

    @Test func `random bytes are refused`() {
        var state: UInt64 = 7
        let bytes = (0..<300_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        #expect(throws: TraceError.self) { try Self.read(bytes) }
    }

    @Test func `packed data is read as what it holds, piece by piece`() throws {
        let text = (1...30_000).map { Self.line($0, submit: $0 * 7) }.joined()
        let trace = try Self.read(Self.packed(text))
        #expect(trace.records == (try Self.read(text)).records)
        #expect(trace.records.count == 30_000)
    }

    @Test func `packed files one behind the other are one trace`() throws {
        let packed = try Self.packed(Self.line(1)) + Self.packed(Self.line(2))
        #expect(try Self.read(packed).records.map(\.number) == [1, 2])
        #expect(try Self.read(packed + [0, 0, 0]).records.count == 2)
    }

    @Test func `packed data that ends too early is refused wherever it ends`() throws {
        let packed = try Self.packed((1...50).map { Self.line($0) }.joined())
        for count in 2..<packed.count {
            #expect(throws: TraceError.truncated) { try Self.read(Array(packed[..<count])) }
        }
    }

    @Test func `damaged packed data is refused`() throws {
        var packed = try Self.packed((1...50).map { Self.line($0, submit: $0) }.joined())
        packed[packed.count - 6] ^= 1
        #expect(throws: TraceError.damaged) { try Self.read(packed) }
        #expect(throws: TraceError.damaged) {
            try Self.read(Self.packed(Self.line(1)) + Array("tail".utf8))
        }
    }

    @Test func `a file that is not there and a folder are refused`() {
        #expect(throws: TraceError.unreadable("No such file or directory")) {
            try Trace(path: Array("/no/such/file".utf8))
        }
        #expect(throws: TraceError.unreadable("Is a directory")) {
            try Trace(path: Array("/".utf8))
        }
    }
}
