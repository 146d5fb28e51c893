internal import CLinux
internal import Glibc
public import JobModel
public import Linux
public import QueueStore

extension Program {
    /// Opens this user's queue for the body, and closes it; ends the program with one line where
    /// that fails.
    public static func withQueue<Result>(_ body: (QueueStore) throws -> Result) -> Result {
        clinux_keep_heap()
        do {
            return try body(QueueStore(folder: .standard))
        } catch let error as QueueError {
            fail("\(error)", ExitStatus(error))
        } catch let error as UnknownUser {
            fail("\(error)", .refused)
        } catch {
            fail("\(error)", .inputOutput)
        }
    }

    /// The instant now.
    public static var now: Timestamp { Timestamp(microseconds: Clock.realtimeMicroseconds) }

    /// The jobs that words name, each of which may be a list; ends the program with one line where
    /// one names none.
    public static func jobs(_ words: [ByteString]) -> [JobReference] {
        var jobs: [JobReference] = []
        do {
            for word in words { jobs += try JobReference.list(parsing: word) }
        } catch {
            fail("\(error)", .usage)
        }
        return jobs
    }

    /// The users that a list of names and numbers means.
    ///
    /// - Throws: ``UnknownUser``.
    public static func users(_ list: ByteString, in store: QueueStore) throws -> [UInt32] {
        try list.bytes.split(separator: UInt8(ascii: ",")).map { word in
            let name = String(decoding: word, as: UTF8.self)
            if let uid = UInt32(name) ?? UserName.local(named: name) { return uid }
            if let uid = try store.uid(ofUser: name) { return uid }
            throw UnknownUser(name: name)
        }
    }

    /// This user.
    public static var user: UInt32 { geteuid() }

    /// The `schedd` that has a queue; ends the program with one line where none has.
    public static func daemon(of store: QueueStore) throws -> ProcessHandle {
        if let process = try store.daemon() { return process }
        fail("no schedd runs for \(store.folder.path)", .refused)
    }

    /// Tells `schedd` to look; says so where something is left to it and it does not run.
    public static func ring(_ store: QueueStore, hasOrders: Bool) {
        guard !Doorbell.ring(folder: store.folder.path), hasOrders else { return }
        warn(
            "no schedd runs for this queue; what runs is told when one does: \(startingCommand)"
        )
    }

    /// Says of each reference that there is no such job, and gives the status to end with.
    public static func report(unknown references: [JobReference]) -> ExitStatus {
        for reference in references { warn("\(QueueError.unknownJob(reference))") }
        return references.isEmpty ? .success : .refused
    }
}

/// A user that neither the system nor the queue knows.
public struct UnknownUser: Error, CustomStringConvertible {
    /// The name as given.
    public let name: String

    /// One line with the name.
    public var description: String {
        "there is no user '\(name)'; use a name or a number, such as \(Program.user)"
    }
}

extension ExitStatus {
    /// What a program returns when the queue has refused.
    public init(_ error: QueueError) {
        self =
            switch error {
            case .impossible, .unknownJob, .wrongState, .notAnArray: .refused
            case .database where error.isBusy: .busy
            case .system: .inputOutput
            case .folder, .database, .version, .foreign, .missing, .damaged: .unavailable
            }
    }
}

extension ByteString {
    /// The members of a list with commas between, empty ones left out.
    public var members: [ByteString] {
        bytes.split(separator: UInt8(ascii: ",")).map { ByteString(Array($0)) }
    }
}
