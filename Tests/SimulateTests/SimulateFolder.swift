import Foundation
import Testing

/// A folder of a test's own, in which `simulate` is run; it goes away with it.
final class SimulateFolder {
    let path: String

    /// How a run ended and what it said.
    struct Run {
        var status: Int32
        var output: String
        var errors: String

        /// The lines on standard error.
        var errorLines: [Substring] { errors.split(separator: "\n") }

        /// The output as JSON.
        func json() throws -> [String: Any] {
            try #require(status == 0, "\(errors)")
            let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
            return try #require(object as? [String: Any])
        }
    }

    /// The folder of the programs, which are built beside the tests.
    private static let programs: String = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? own
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().path
    }()

    init() throws {
        path = NSTemporaryDirectory() + "simulate-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func text(_ name: String) -> String {
        let data = FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    /// Runs `simulate` to its end, on a file as standard input perhaps.
    func simulate(_ words: String..., input: String? = nil) throws -> Run {
        try simulate(words, input: input)
    }

    func simulate(_ words: [String], input: String? = nil) throws -> Run {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(Self.programs)/simulate")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = ["SLUICE_HOME": path + "/home", "TZ": "UTC", "PATH": "/usr/bin:/bin"]
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(path)/\($0)")) }
            ?? FileHandle.nullDevice
        try write("out", [])
        try write("err", [])
        process.standardOutput = try FileHandle(
            forWritingTo: URL(fileURLWithPath: "\(path)/out")
        )
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/err"))
        try process.run()
        process.waitUntilExit()
        let isExit = process.terminationReason == .exit
        return Run(
            status: isExit ? process.terminationStatus : 128 + process.terminationStatus,
            output: text("out"),
            errors: text("err")
        )
    }

    /// What gzip(1) makes of a file here.
    func packed(_ name: String) throws -> Data {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-c", "\(path)/\(name)"]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return data
    }
}

/// A job's line in a trace, what is not told unknown.
func traceLine(
    _ number: Int,
    submit: Int = 0,
    runTime: Int = 100,
    processors: Int = 1,
    limit: Int = -1,
    user: Int = 1
) -> String {
    "\(number) \(submit) -1 \(runTime) -1 -1 -1 \(processors) \(limit) -1 1 \(user)"
        + " -1 -1 -1 -1 -1 -1\n"
}
