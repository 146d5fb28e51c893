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
    @Test func `it waits until nobody writes`() async throws {
        let path = queue.path
        let checkpoint = try Checkpoint(path: queue.store.folder.database)
        async let writer: Void = Self.writeUntilWaitedFor(in: path)
        let end = ContinuousClock.now + .seconds(60)
        while !Self.exists("\(path)/writing") {
            try #require(ContinuousClock.now < end, "nobody writes")
            await Task.yield()
        }
        try Self.waitsFor(checkpoint, in: path)
        // The writer has the lock until it has seen somebody wait.
        #expect(try queue.store.appliedSequence() == 42)
        await writer
    }

    private static func waitsFor(_ checkpoint: Checkpoint, in path: String) throws {
        let thread = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
        try Data(thread.utf8).write(to: URL(fileURLWithPath: "\(path)/thread"), options: .atomic)
        try checkpoint.run()
        try Data().write(to: URL(fileURLWithPath: "\(path)/over"))
    }

    /// Another process, which writes until it has seen the thread sleep ten times that the test has
    /// named, as somebody does who waits for the lock.
    private static func writeUntilWaitedFor(in path: String) async {
        await #expect(processExitsWith: .success) { [path = path as String] in
            let store = try QueueStore(folder: StateFolder(path: path))
            try store.write {
                try store.setAppliedSequence(42)
                try Data().write(to: URL(fileURLWithPath: "\(path)/writing"))
                while !Self.exists("\(path)/thread") { sched_yield() }
                let before = Self.sleeps(in: path)
                while Self.sleeps(in: path) < before + 10, !Self.exists("\(path)/over") {
                    sched_yield()
                }
            }
        }
    }

    /// How often the thread that the test has named has gone to sleep so far.
    private static func sleeps(in path: String) -> Int {
        let thread = FileManager.default.contents(atPath: "\(path)/thread") ?? Data()
        let file = "/proc/\(String(decoding: thread, as: UTF8.self))/status"
        let status = FileManager.default.contents(atPath: file) ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("voluntary_ctxt_switches:")
        }
        return line.flatMap { Int($0.split(separator: "\t")[1]) } ?? 0
    }

    private static func exists(_ file: String) -> Bool { access(file, F_OK) == 0 }
}
