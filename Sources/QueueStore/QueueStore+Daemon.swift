internal import JobModel
public import Linux
internal import SQLite

/// How `schedd` last read its configuration, and what came of it.
public struct ConfigurationReading: Equatable, Sendable {
    /// When it began, in microseconds of the monotonic clock.
    public var begun: Int64
    /// Whether there was a mistake, so that what held before still holds.
    public var isMistake: Bool
    /// The mistake, else what there is to give out; one line.
    public var words: String

    /// A reading that began at an instant.
    public init(begun: Int64, isMistake: Bool, words: String) {
        self.begun = begun
        self.isMistake = isMistake
        self.words = words
    }
}

extension QueueStore {
    /// The process of the `schedd` that has this queue, or had it last; nil where it stopped.
    public func daemonPID() throws -> Int64? {
        try number("schedd_pid").flatMap { $0 > 0 ? $0 : nil }
    }

    /// The `schedd` that has this queue, proven by the lock that it has on the state folder; nil
    /// where none has.
    ///
    /// - Throws: ``QueueError``.
    public func daemon() throws -> ProcessHandle? {
        guard let pid = try daemonPID() else { return nil }
        do throws(SystemError) {
            let locked = try Folder(path: folder.path)
            return try ProcessHandle.open(pid: Int32(truncatingIfNeeded: pid)) {
                FolderLock.isHeld(on: locked, by: $0.pid)
            }
        } catch {
            throw QueueError.system(error)
        }
    }

    /// Notes the process of `schedd`; within a write transaction.
    public func setDaemon(pid: Int64) throws { try setNumber("schedd_pid", pid) }

    /// Notes that `schedd` has stopped.
    public func clearDaemon() throws { try write { try setNumber("schedd_pid", 0) } }

    /// How `schedd` last read its configuration; nil before it has ever run.
    public func configurationReading() throws -> ConfigurationReading? {
        let reading = try db.first(
            """
            SELECT (SELECT value FROM fact WHERE name = 'configuration_read_us'),
                (SELECT value FROM fact WHERE name = 'configuration_is_wrong'),
                (SELECT value FROM fact WHERE name = 'configuration_words')
            """
        ) { row in
            Int64(row.text(0)).map {
                ConfigurationReading(
                    begun: $0,
                    isMistake: row.text(1) != "0",
                    words: row.text(2)
                )
            }
        }
        return reading ?? nil
    }

    /// Leaves how the configuration was read; within a write transaction.
    public func leave(_ reading: ConfigurationReading) throws {
        try setNumber("configuration_read_us", reading.begun)
        try setNumber("configuration_is_wrong", reading.isMistake ? 1 : 0)
        try setText("configuration_words", reading.words)
    }
}
