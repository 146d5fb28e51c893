/// The queue's tables, version ``version``.
///
/// Byte strings are BLOBs, since names and paths need not be UTF-8; instants end in `_us`
/// (microseconds since the epoch). A row of `job` is one of three things:
/// a single job (`array_id` is null), a set of an array's waiting tasks (`array_id` set, `task_index`
/// null; the array itself is the one whose `array_id` is its own id), or one task of an array
/// (`task_index` set), which gets its row when it is claimed or treated apart.
enum Schema {
    /// `user_version` of a database with these tables.
    static let version: Int64 = 2

    /// `application_id`: "Slce".
    static let application: Int64 = 0x536C_6365

    /// What makes an empty database a queue.
    static let statements = """
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
                'SUSPENDED', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'NODE_FAIL')),
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
            gpu_memory_bytes INTEGER,
            CONSTRAINT job_ended_has_end CHECK (
                (state IN ('PENDING', 'RUNNING', 'SUSPENDED')) = (ended_us IS NULL)),
            CONSTRAINT job_running_has_start CHECK (
                state <> 'RUNNING' OR started_us IS NOT NULL),
            CONSTRAINT job_running_is_free CHECK (state <> 'RUNNING' OR (held = 0 AND unmet = 0)),
            CONSTRAINT job_counters_add_up CHECK (
                running >= 0 AND succeeded >= 0 AND failed >= 0
                AND running + succeeded + failed <= total),
            CONSTRAINT job_task_has_array CHECK (task_index IS NULL OR array_id IS NOT NULL)
        ) STRICT;
        CREATE INDEX job_open ON job (state, priority DESC)
            WHERE state IN ('PENDING', 'RUNNING', 'SUSPENDED');
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
            predicted_s INTEGER,
            stopped_us INTEGER,
            suspended_us INTEGER NOT NULL DEFAULT 0,
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
        """
}

/// The columns of `job` in the order in which `SELECT *` gives them.
///
/// A later version adds its columns at the end; a test compares this with the database.
enum JobColumn: Int32, CaseIterable {
    case id, state, priority, array_id, task_index, uid, gid, name, reason, held, tasks
    case cpus_per_task, memory_bytes, memory_per, gpus, gpu_type, one_thread, limit_s, nice, requeue
    case submitted_us, eligible_us, begin_us, unmet, unmet_any, attempts, restarts, started_us
    case ended_us, cancelled_by, exit_code, signal, cpu_us, max_rss_bytes, throttle, total, running
    case succeeded, failed, spec, gpu_memory_bytes
}
