import Foundation
import Testing

/// `Package.swift` declares what is imported, and nothing else.
struct PackageTests {
    /// What `swift package dump-package` says of a target.
    private struct Target: Decodable {
        struct Dependency: Decodable {
            var byName: [String?]?
            var product: [String?]?

            /// The module; those of packages have the name of their product.
            var name: String { ((byName ?? product)?.first ?? nil) ?? "" }
        }

        var name: String
        var type: String
        var path: String?
        var dependencies: [Dependency]
    }

    private struct Package: Decodable {
        var targets: [Target]
    }

    /// The targets; read with a scratch folder of their own, since the tests' is in use.
    private static let read = Result { try readTargets() }

    private static func targets() throws -> [Target] { try read.get() }

    private static func readTargets() throws -> [Target] {
        let scratch = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-package-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let output = try Repository.output(
            of: "/usr/bin/env",
            "swift",
            "package",
            "--scratch-path",
            scratch.path,
            "dump-package"
        )
        let text = try #require(output, "swift package dump-package failed")
        return try JSONDecoder().decode(Package.self, from: Data(text.utf8)).targets
    }

    private static func imports(of target: Target) throws -> Set<String> {
        let folder = target.path ?? (target.type == "test" ? "Tests/" : "Sources/") + target.name
        var found: Set<String> = []
        for name in try Repository.names(in: folder) where name.hasSuffix(".swift") {
            let text = try Repository.text("\(folder)/\(name)")
            for line in text.split(separator: "\n") {
                let pattern = /^\s*(?:@testable )?(?:(?:public|package|internal) )?import (\w+)/
                if let match = line.firstMatch(of: pattern) { found.insert(String(match.1)) }
            }
        }
        return found
    }

    @Test func `the dependencies of each target are its imports`() throws {
        let targets = try Self.targets()
        let own = Set(targets.map(\.name))
        let known = own.union(["Logging", "TOMLKit"])
        #expect(targets.count > 20)
        for target in targets where target.type == "regular" || target.type == "executable" {
            let declared = Set(target.dependencies.map(\.name))
            let imported = try Self.imports(of: target).intersection(known)
            #expect(declared == imported, "\(target.name)")
        }
    }

    @Test func `a test declares what it imports`() throws {
        let targets = try Self.targets()
        let own = Set(targets.map(\.name))
        for target in targets where target.type == "test" {
            let declared = Set(target.dependencies.map(\.name))
            let imported = try Self.imports(of: target).intersection(own)
            #expect(imported.isSubset(of: declared), "\(target.name)")
        }
    }

    @Test func `nothing imports Foundation that a user waits for`() throws {
        for target in try Self.targets() where target.type == "regular" {
            #expect(try !Self.imports(of: target).contains("Foundation"), "\(target.name)")
        }
    }
}
