import Foundation
import Glibc
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

    /// Beside a commit, a checkpoint of SQLite before 3.51.3 can destroy what was committed.
    @Test func `it waits until nobody writes`() throws {
        let checkpoint = try Checkpoint(path: queue.store.folder.database)
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
        let path = queue.path
        Thread.detachNewThread {
            do { try Self.write(in: path, untilAsleep: own) } catch { Issue.record(error) }
        }
        try wait(for: "writing")
        defer {
            touch("over")
            #expect(throws: Never.self) { try wait(for: "written") }
        }
        try checkpoint.run()
        #expect(try queue.store.appliedSequence() == 42)
    }

    /// Writes until a thread has gone to sleep ten times, as somebody does who waits for the lock.
    private static func write(in path: String, untilAsleep thread: String) throws {
        let store = try QueueStore(folder: StateFolder(path: path))
        try store.write {
            try store.setAppliedSequence(42)
            #expect(FileManager.default.createFile(atPath: path + "/writing", contents: nil))
            let before = sleeps(of: thread)
            while sleeps(of: thread) < before + 10, access(path + "/over", F_OK) != 0 {
                sched_yield()
            }
        }
        #expect(FileManager.default.createFile(atPath: path + "/written", contents: nil))
    }

    /// How often a thread has gone to sleep so far.
    private static func sleeps(of thread: String) -> Int {
        let status = FileManager.default.contents(atPath: "/proc/\(thread)/status") ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("voluntary_ctxt_switches:")
        }
        return line.flatMap { Int($0.split(separator: "\t")[1]) } ?? 0
    }

    private func touch(_ name: String) {
        #expect(FileManager.default.createFile(atPath: "\(queue.path)/\(name)", contents: nil))
    }

    /// Waits until there is a file of this name, for at most a minute.
    private func wait(for name: String) throws {
        let end = ContinuousClock.now + .seconds(60)
        while access("\(queue.path)/\(name)", F_OK) != 0 {
            try #require(ContinuousClock.now < end, "never \(name)")
            sched_yield()
        }
    }
}
