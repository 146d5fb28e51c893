import Foundation
import Glibc
import Linux
import Testing

@testable import QueueStore

/// Which `schedd` has the queue, and what it has left of itself.
struct DaemonTests {
    let queue: TestQueue

    init() throws {
        queue = try TestQueue()
    }

    /// Whether the store knows of a `schedd`, and which.
    private func known() throws -> Int32? {
        guard let process = try queue.store.daemon() else { return nil }
        return process.pid
    }

    private func note(_ pid: Int32) throws {
        try queue.store.write { try queue.store.setDaemon(pid: Int64(pid)) }
    }

    @Test func `it is the process that has the lock on the state folder`() throws {
        #expect(try known() == nil)
        try note(getpid())
        #expect(try known() == nil)
        do {
            let folder = try Folder(path: queue.path)
            #expect(try FolderLock.take(folder))
            #expect(try known() == getpid())
            #expect(try !FolderLock.take(try Folder(path: queue.path)))
        }
        #expect(try known() == nil)
    }

    @Test func `one that has another folder's lock is a stranger`() throws {
        let other = try TestQueue()
        let folder = try Folder(path: other.path)
        #expect(try FolderLock.take(folder))
        try note(getpid())
        #expect(try known() == nil)
    }

    @Test func `the number of a process that is not there is nobody`() throws {
        let folder = try Folder(path: queue.path)
        #expect(try FolderLock.take(folder))
        try note(Int32.max)
        #expect(try known() == nil)
        try queue.store.clearDaemon()
        #expect(try known() == nil)
    }

    @Test func `the last reading of the configuration is known`() throws {
        #expect(try queue.store.configurationReading() == nil)
        for reading in [
            ConfigurationReading(begun: 5, isMistake: false, words: "2 CPUs"),
            ConfigurationReading(begun: 7, isMistake: true, words: "no 'é'"),
        ] {
            try queue.store.write { try queue.store.leave(reading) }
            #expect(try queue.store.configurationReading() == reading)
        }
    }
}
