import Foundation
import JobModel

@testable import submit

/// A folder of a test's own, which goes away with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "submit-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ content: String, executable: Bool = false) throws -> String {
        let file = "\(path)/\(name)"
        try Data(content.utf8).write(to: URL(fileURLWithPath: file))
        if executable {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
        return file
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(path)/\(name)",
            withIntermediateDirectories: false
        )
    }

    /// A submitter who stands in this folder.
    func caller(path searchPath: String = "/usr/bin:/bin") throws -> CallerContext {
        var caller = try CallerContext()
        caller.workDirectory = ByteString(path)
        caller.environment = ["PATH=\(searchPath)", "HOME=/h"].map { ByteString($0) }
        return caller
    }
}
