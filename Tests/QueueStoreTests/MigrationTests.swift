import Foundation
import JobModel
import SQLite
import Testing

@testable import QueueStore

/// Queues of earlier versions are brought to this one, and nothing of them is lost.
struct MigrationTests {
    /// A queue of version 1 with a job that waits and one that runs.
    private func make(at path: String) throws -> StateFolder {
        let folder = StateFolder(path: path)
        try folder.prepare()
        let connection = try Connection(path: folder.database, mode: .create)
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.execute(version1)
        return folder
    }

    private func cleaned(_ body: (StateFolder) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "sluice-migration-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(try make(at: path))
    }

    @Test func `a tool refuses a queue of version 1, and leaves it as it is`() throws {
        try cleaned { folder in
            for _ in 1...2 {
                let error = #expect(throws: QueueError.self) { try QueueStore(folder: folder) }
                #expect(error?.description.contains("start schedd once") == true)
            }
        }
    }

    @Test func `schedd brings a queue of version 1 to this one`() throws {
        try cleaned { folder in
            _ = try QueueStore(folder: folder, migrating: true)
            let store = try QueueStore(folder: folder)
            var waiting: [WaitingJob] = []
            try store.forEachWaitingJob { waiting.append($0) }
            #expect(waiting.map(\.id.rawValue) == [1])
            #expect(waiting[0].request.gpus == GPURequest(count: 1, type: "a100"))
            let running = try store.runningJobs()
            #expect(running.map(\.attempt.job.rawValue) == [2])
            #expect(running[0].allocation.description == "cpu=0-1 gpu=GPU-a:1000 mem=4096")
            let id = try store.submit(TestQueue.plain, at: Timestamp(microseconds: 5))
            #expect(id.rawValue == 3)
        }
    }

    @Test func `a migrated queue takes the states of this version, and no others`() throws {
        try cleaned { folder in
            // One that was opened before has to see the change, too.
            let before = try Connection(path: folder.database, mode: .readWrite)
            try before.execute("SELECT count(*) FROM job")
            let store = try QueueStore(folder: folder, migrating: true)
            let now = Timestamp(microseconds: 9)
            let attempt = AttemptID(job: JobID(rawValue: 2), number: 1)
            let isSuspended = try store.write { try store.suspend(attempt, at: now) }
            #expect(isSuspended)
            try before.execute("UPDATE job SET state = 'SUSPENDED' WHERE state = 'SUSPENDED'")
            let error = #expect(throws: SQLiteError.self) {
                try store.db.execute("UPDATE job SET state = 'DONE'")
            }
            #expect(error?.message.contains("job_state_known") == true)
            let integrity = try store.db.first("PRAGMA integrity_check") { $0.text(0) }
            #expect(integrity == "ok")
        }
    }

    /// The words of each table's and index's statement, in the order of the alphabet: added columns
    /// stand behind the others.
    private func schema(of store: QueueStore) throws -> [String: [String]] {
        var words: [String: [String]] = [:]
        try store.db.query("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL") { row in
            let parts = row.text(1).split { $0.isWhitespace || ",()".contains($0) }
            words[row.text(0)] = parts.map(String.init).sorted()
        }
        return words
    }

    @Test func `a migrated queue is what a new one is`() throws {
        try cleaned { folder in
            let migrated = try QueueStore(folder: folder, migrating: true)
            let new = try TestQueue()
            #expect(try schema(of: migrated) == schema(of: new.store))
            var columns: [String] = []
            try migrated.db.query("SELECT name FROM pragma_table_info('job')") {
                columns.append($0.text(0))
            }
            #expect(columns == JobColumn.allCases.map { "\($0)" })
            #expect(try migrated.db.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
        }
    }

    @Test func `there is a step to each version, and a queue of this one is left alone`() throws {
        #expect(Migration.steps.count + 1 == Int(Schema.version))
        try cleaned { folder in
            for _ in 1...2 { _ = try QueueStore(folder: folder, migrating: true) }
            let store = try QueueStore(folder: folder)
            #expect(try Migration.version(of: store.db) == Schema.version)
        }
    }
}

/// The tables of version 1 as they were shipped; never changed.
private let version1 = """
    CREATE TABLE blob (
        id INTEGER PRIMARY KEY,
        hash INTEGER NOT NULL,
        content BLOB NOT NULL
    ) STRICT;
    CREATE INDEX blob_by_hash ON blob (hash);

    CREATE TABLE spec (
        id INTEGER PRIMARY KEY,
        script INTEGER REFERENCES blob (id),
        arguments INTEGER NOT NULL REFERENCES blob (id),
        environment INTEGER NOT NULL REFERENCES blob (id),
        limits INTEGER NOT NULL REFERENCES blob (id),
        work_dir BLOB NOT NULL,
        input BLOB,
        output BLOB,
        error BLOB,
        append INTEGER NOT NULL,
        umask INTEGER NOT NULL,
        comment BLOB,
        array TEXT
    ) STRICT;

    CREATE TABLE job (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        state TEXT NOT NULL CONSTRAINT job_state_known CHECK (state IN ('PENDING', 'RUNNING',
            'COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'NODE_FAIL')),
        priority INTEGER NOT NULL,
        array_id INTEGER,
        task_index INTEGER,
        uid INTEGER NOT NULL,
        gid INTEGER NOT NULL,
        name BLOB NOT NULL,
        reason TEXT,
        held INTEGER NOT NULL,
        tasks INTEGER,
        cpus_per_task INTEGER,
        memory_bytes INTEGER,
        memory_per TEXT,
        gpus INTEGER NOT NULL,
        gpu_type TEXT,
        one_thread INTEGER NOT NULL,
        limit_s INTEGER,
        nice INTEGER NOT NULL,
        requeue INTEGER,
        submitted_us INTEGER NOT NULL,
        eligible_us INTEGER,
        begin_us INTEGER,
        unmet INTEGER NOT NULL,
        unmet_any INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        restarts INTEGER NOT NULL DEFAULT 0,
        started_us INTEGER,
        ended_us INTEGER,
        cancelled_by INTEGER,
        exit_code INTEGER,
        signal INTEGER,
        cpu_us INTEGER,
        max_rss_bytes INTEGER,
        throttle INTEGER,
        total INTEGER NOT NULL DEFAULT 1,
        running INTEGER NOT NULL DEFAULT 0,
        succeeded INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        spec INTEGER NOT NULL REFERENCES spec (id),
        CONSTRAINT job_ended_has_end CHECK (
            (state IN ('PENDING', 'RUNNING')) = (ended_us IS NULL)),
        CONSTRAINT job_running_has_start CHECK (
            state <> 'RUNNING' OR started_us IS NOT NULL),
        CONSTRAINT job_running_is_free CHECK (state <> 'RUNNING' OR (held = 0 AND unmet = 0)),
        CONSTRAINT job_counters_add_up CHECK (
            running >= 0 AND succeeded >= 0 AND failed >= 0
            AND running + succeeded + failed <= total),
        CONSTRAINT job_task_has_array CHECK (task_index IS NULL OR array_id IS NOT NULL)
    ) STRICT;
    CREATE INDEX job_open ON job (state, priority DESC)
        WHERE state IN ('PENDING', 'RUNNING');
    CREATE INDEX job_ended ON job (ended_us) WHERE ended_us IS NOT NULL;
    CREATE INDEX job_by_array ON job (array_id, task_index) WHERE array_id IS NOT NULL;

    CREATE TABLE array_range (
        job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        step INTEGER NOT NULL,
        PRIMARY KEY (job, first),
        CONSTRAINT array_range_is_range CHECK (
            first >= 0 AND last >= first AND step >= 1 AND (last - first) % step = 0)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE dependency (
        on_job INTEGER NOT NULL,
        on_index INTEGER NOT NULL,
        job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        minutes INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        PRIMARY KEY (on_job, on_index, job, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX dependency_by_job ON dependency (job);

    CREATE TABLE attempt (
        job INTEGER NOT NULL REFERENCES job (id),
        number INTEGER NOT NULL,
        allocation TEXT NOT NULL,
        boot TEXT NOT NULL,
        claimed_us INTEGER NOT NULL,
        ended_us INTEGER,
        cause TEXT,
        exit_code INTEGER,
        signal INTEGER,
        cpu_us INTEGER,
        max_rss_bytes INTEGER,
        message TEXT,
        PRIMARY KEY (job, number),
        CONSTRAINT attempt_ended_has_cause CHECK ((ended_us IS NULL) = (cause IS NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE journal (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        job INTEGER NOT NULL,
        verb TEXT NOT NULL,
        argument TEXT,
        uid INTEGER NOT NULL,
        at_us INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE plan (
        job INTEGER PRIMARY KEY,
        start_us INTEGER,
        reason TEXT NOT NULL
    ) STRICT;

    CREATE TABLE fact (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE gpu (
        uuid TEXT PRIMARY KEY,
        number INTEGER NOT NULL,
        type TEXT NOT NULL,
        memory_bytes INTEGER NOT NULL,
        used_outside INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE user (
        uid INTEGER PRIMARY KEY,
        name TEXT NOT NULL
    ) STRICT;

    INSERT INTO blob (id, hash, content) VALUES (1, 0, x'');
    INSERT INTO spec (id, arguments, environment, limits, work_dir, append, umask)
        VALUES (1, 1, 1, 1, CAST('/' AS BLOB), 0, 18);
    INSERT INTO job (id, state, priority, uid, gid, name, held, gpus, gpu_type, one_thread, nice,
        submitted_us, unmet, unmet_any, spec)
        VALUES (1, 'PENDING', 9, 7, 8, CAST('a' AS BLOB), 0, 1, 'a100', 0, 0, 1, 0, 0, 1);
    INSERT INTO job (id, state, priority, uid, gid, name, held, gpus, one_thread, nice,
        submitted_us, started_us, attempts, unmet, unmet_any, spec)
        VALUES (2, 'RUNNING', 9, 7, 8, CAST('b' AS BLOB), 0, 1, 0, 0, 1, 2, 1, 0, 0, 1);
    INSERT INTO attempt (job, number, allocation, boot, claimed_us)
        VALUES (2, 1, 'cpu=0-1 gpu=GPU-a:1000 mem=4096', 'boot', 2);
    PRAGMA application_id = 1399612261;
    PRAGMA user_version = 1;
    """
