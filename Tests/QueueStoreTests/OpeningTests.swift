import Foundation
import Glibc
import JobModel
import SQLite
import Testing

@testable import QueueStore

/// How a queue is made, found, and refused.
struct OpeningTests {
    let path: String
    let folder: StateFolder

    init() throws {
        path = NSTemporaryDirectory() + "sluice-open-\(UUID().uuidString)"
        folder = StateFolder(path: path)
    }

    private func cleaned(_ body: () throws -> Void) rethrows {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body()
    }

    private func make() throws {
        _ = try QueueStore(folder: folder).submit(
            TestQueue.plain,
            at: Timestamp(microseconds: 1)
        )
    }

    /// The words of the refusal, which are one line.
    private func refusal() -> String {
        let error = #expect(throws: QueueError.self) { try QueueStore(folder: folder) }
        let words = error?.description ?? ""
        #expect(!words.contains("\n") && words.contains(path), "\(words)")
        return words
    }

    private func bytes() -> Data? { FileManager.default.contents(atPath: folder.database) }

    @Test func `a queue is made where there has never been one, for its owner alone`() throws {
        try cleaned {
            try make()
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o700)
            let files = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(files.allSatisfy { $0.hasPrefix("queue.db") && !$0.contains("new") })
        }
    }

    @Test func `the database says whose it is and of which version`() throws {
        try cleaned {
            let store = try QueueStore(folder: folder)
            func value(_ pragma: StaticString) throws -> String? {
                try store.db.first(pragma) { $0.text(0) }
            }
            #expect(try value("PRAGMA application_id") == "\(0x536C_6365)")
            #expect(try value("PRAGMA user_version") == "\(Schema.version)")
            #expect(try value("PRAGMA journal_mode") == "wal")
            #expect(try value("PRAGMA synchronous") == "2")
            #expect(try value("PRAGMA foreign_keys") == "1")
            #expect(try value("PRAGMA wal_autocheckpoint") == "0")
        }
    }

    @Test(arguments: [(99, "newer"), (0, "older")])
    func `a queue of another version is refused and left alone`(_ version: Int, _ word: String)
        throws
    {
        try cleaned {
            try make()
            do {
                let connection = try Connection(path: folder.database, mode: .readWrite)
                try connection.execute("PRAGMA user_version = \(version)")
            }
            let before = bytes()
            let words = refusal()
            #expect(words.contains(word) && words.contains("schema \(version)"))
            #expect(bytes() == before)
        }
    }

    @Test func `a database of another program is refused and left alone`() throws {
        try cleaned {
            try folder.prepare()
            do {
                let connection = try Connection(path: folder.database, mode: .create)
                try connection.execute("CREATE TABLE song (name TEXT); PRAGMA user_version = 1")
            }
            let before = bytes()
            #expect(refusal().contains("no queue of Sluice"))
            #expect(bytes() == before)
        }
    }

    @Test(arguments: ["", "no database at all, but long enough to be read as one"])
    func `what cannot be read is refused and left as it is`(_ content: String) throws {
        try cleaned {
            try folder.prepare()
            try Data(content.utf8).write(to: URL(fileURLWithPath: folder.database))
            _ = refusal()
            #expect(bytes() == Data(content.utf8))
        }
    }

    @Test func `a damaged page is told with the way to save the rest`() throws {
        try cleaned {
            try make()
            var content = try #require(bytes())
            // The first page stays, so that it still looks like a queue.
            content.replaceSubrange(
                4_096...,
                with: Data(repeating: 0x5A, count: content.count - 4_096)
            )
            try content.write(to: URL(fileURLWithPath: folder.database))
            let words = refusal()
            #expect(words.contains("is damaged") && words.contains(".recover"))
            #expect(bytes() == content)
        }
    }

    @Test func `a database that has gone from a used folder is not replaced`() throws {
        try cleaned {
            try make()
            mkdir(path + "/spool", 0o700)
            unlink(folder.database)
            #expect(refusal().contains("missing or empty"))
            #expect(bytes() == nil)
        }
    }

    @Test func `a database that cannot be opened is told as such`() throws {
        try cleaned {
            try folder.prepare()
            #expect(mkdir(folder.database, 0o700) == 0)
            #expect(refusal().contains("cannot be opened"))
        }
    }

    @Test func `a file in place of the folder is refused`() throws {
        try cleaned {
            try Data().write(to: URL(fileURLWithPath: path))
            #expect(refusal().contains("is not a folder"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
    func `a folder of another user is refused and named`() throws {
        try cleaned {
            #expect(mkdir(path, 0o700) == 0)
            #expect(chown(path, 12_345, 12_345) == 0)
            #expect(refusal().contains("belongs to uid 12345"))
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(names.isEmpty)
        }
    }

    @Test(
        arguments: [
            (0x6969, "nfs"), (0xFF53_4D42, "cifs"), (0xFE53_4D42, "smb2"), (0x517B, "smb"),
            (0x6573_5546, "fuse"), (0x0102_1997, "9p"), (0x00C3_6400, "ceph"),
            (0x0BD0_0BD0, "lustre"), (0x5346_414F, "afs"),
        ] as [(UInt32, String)]
    )
    func `a file system on which locks are not safe is known`(_ type: UInt32, _ name: String) {
        #expect(StateFolder.unsafeFileSystem(type) == name)
        let error = QueueError.folder(path: "/net/home", .onNetwork(name))
        #expect(error.description.contains("/net/home") && error.description.contains(name))
        #expect(!error.description.contains("\n"))
    }

    /// ext4, xfs, btrfs, tmpfs, overlay, zfs, f2fs, and one that cannot be told.
    @Test(
        arguments: [
            0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630, 0x2FC1_2FC1, 0xF2F5_2010, 0,
        ] as [UInt32]
    )
    func `a file system of this machine is taken`(_ type: UInt32) {
        #expect(StateFolder.unsafeFileSystem(type) == nil)
    }

    @Test func `the columns of the job table are those that are read`() throws {
        try cleaned {
            let store = try QueueStore(folder: folder)
            var names: [String] = []
            try store.db.query("SELECT name FROM pragma_table_info('job')") {
                names.append($0.text(0))
            }
            #expect(names == JobColumn.allCases.map { "\($0)" })
        }
    }

    /// What the table itself refuses, whoever writes it.
    @Test(
        arguments: [
            ("UPDATE job SET state = 'DONE'", "job_state_known"),
            ("UPDATE job SET state = 'COMPLETED'", "job_ended_has_end"),
            ("UPDATE job SET ended_us = 5", "job_ended_has_end"),
            ("UPDATE job SET state = 'RUNNING'", "job_running_has_start"),
            ("UPDATE job SET state = 'RUNNING', started_us = 1, held = 1", "job_running_is_free"),
            ("UPDATE job SET state = 'RUNNING', started_us = 1, unmet = 1", "job_running_is_free"),
            ("UPDATE job SET running = -1", "job_counters_add_up"),
            ("UPDATE job SET running = 1, failed = 1", "job_counters_add_up"),
            ("UPDATE job SET task_index = 3", "job_task_has_array"),
            ("INSERT INTO array_range VALUES (1, 5, 4, 1)", "array_range_is_range"),
            ("INSERT INTO array_range VALUES (1, 1, 4, 2)", "array_range_is_range"),
            ("INSERT INTO array_range VALUES (99, 1, 2, 1)", "FOREIGN KEY"),
            ("UPDATE job SET spec = 99", "FOREIGN KEY"),
            ("UPDATE job SET priority = 'high'", "INTEGER"),
        ]
    )
    func `a state and its columns go together`(_ statement: String, _ constraint: String) throws {
        try cleaned {
            try make()
            let store = try QueueStore(folder: folder)
            let error = #expect(throws: SQLiteError.self) { try store.db.execute(statement) }
            #expect(error?.message.contains(constraint) == true, "\(error?.message ?? "")")
        }
    }
}
