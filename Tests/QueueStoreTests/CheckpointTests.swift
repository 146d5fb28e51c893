import Foundation
import JobModel
import SQLite
import Testing

@testable import QueueStore

struct CheckpointTests {
    let queue: TestQueue

    init() throws { queue = try TestQueue() }

    @Test func `it brings the whole log into the database`() throws {
        let checkpoint = try Checkpoint(path: queue.store.folder.database)
        for _ in 0..<20 { try queue.submit() }
        #expect(try checkpoint.run() == 0)
        // What is in the file alone is all that there is.
        let copy = queue.path + "/copy"
        try FileManager.default.createDirectory(
            atPath: copy,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        try FileManager.default.copyItem(
            atPath: queue.store.folder.database,
            toPath: copy + "/queue.db"
        )
        let other = try QueueStore(folder: StateFolder(path: copy))
        #expect(try other.db.first("SELECT count(*) FROM job") { $0.integer(0) } == 20)
    }

    @Test func `it leaves what a reader still needs, and does not wait for the reader`() throws {
        let checkpoint = try Checkpoint(path: queue.store.folder.database)
        try queue.submit()
        let reader = try QueueStore(folder: queue.store.folder)
        try reader.read {
            let before = try reader.db.first("SELECT count(*) FROM job") { $0.integer(0) }
            for _ in 0..<10 { try queue.submit() }
            #expect(try checkpoint.run() > 0)
            #expect(try reader.db.first("SELECT count(*) FROM job") { $0.integer(0) } == before)
        }
        #expect(try checkpoint.run() == 0)
    }

    @Test func `the log does not grow with the queue where it is brought in now and then`() throws {
        try queue.store.db.execute("PRAGMA synchronous = OFF")
        let checkpoint = try Checkpoint(path: queue.store.folder.database)
        func log() throws -> Int {
            let file = queue.store.folder.database + "-wal"
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
            return try #require(size)
        }
        for _ in 0..<50 { try queue.submit() }
        try checkpoint.run()
        let before = try log()
        for _ in 0..<10 {
            for _ in 0..<50 { try queue.submit() }
            try checkpoint.run()
        }
        #expect(try log() < 2 * before)
    }
}
