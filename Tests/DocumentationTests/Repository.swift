import Foundation

/// The checkout that these tests were built from.
enum Repository {
    /// Its top folder.
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The programs with an option table, in no order.
    static let programs = [
        "submit", "queue", "cancel", "control", "history", "resources", "simulate", "schedd",
    ]

    static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }

    /// The names in a folder.
    static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: folder.appendingPathComponent(path).path
        ).sorted()
    }

    /// The page of a program, whose hyphens need no backslash.
    static func page(of program: String) throws -> String {
        let section = program == "schedd" || program == "stepd" ? 8 : 1
        return try text("man/\(program).\(section)").replacing("\\-", with: "-")
    }

    /// Where the programs were built beside these tests.
    static var products: String {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let own =
            bundle
            ?? (try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe"
            )) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().path
    }

    /// What a program prints; nil where it does not end with status 0.
    static func output(of path: String, _ arguments: String...) throws -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
