internal import Glibc
public import JobModel
public import Linux

/// The folder `spool` below the state folder, where each attempt that has not been taken down yet
/// has its record and, for a script, a folder with the copy that is run.
public struct Spool: ~Copyable, Sendable {
    /// The name of the folder in the state folder.
    static let name = "spool"
    /// The copy of a script that is run: the name that Slurm gives it.
    static let scriptName = "slurm_script"

    /// The open folder.
    public let folder: Folder
    /// Tells this queue from every other on the machine.
    public let identity: FileIdentity

    /// The names of records that are no longer needed.
    private var spares: [String] = []
    private var nextSpare = 0
    private static let spareName = "spare"
    private static let mostSpares = 64

    /// Opens the spool of a state folder and makes it where it is missing.
    ///
    /// For the holder of the schedd lock alone.
    public init(in stateFolder: borrowing Folder) throws(SystemError) {
        let folder = try stateFolder.makeFolder(Self.name)
        let identity = try folder.identity()
        for name in try folder.names() where name.hasPrefix("\(Self.spareName).") {
            try folder.remove(name)
        }
        self.identity = identity
        self.folder = folder
    }

    /// Opens the spool of a state folder where it is there, as it is for a supervisor.
    init(existingIn stateFolder: borrowing Folder) throws(SystemError) {
        let folder = try stateFolder.folder(Self.name)
        let identity = try folder.identity()
        self.identity = identity
        self.folder = folder
    }

    /// Makes the record of an attempt, locked and of its full size.
    ///
    /// Takes a record that is no longer needed where there is one: to make and to remove a file of
    /// its own for each attempt costs five times as much on ext4.
    /// - Throws: also where there is a record already, since an attempt's number is never used
    ///   again. No record is left behind then.
    public mutating func create(_ claim: ClaimSlot) throws(SystemError) -> LockedRecord {
        let name = "\(claim.attempt)"
        do throws(SystemError) {
            let record: AttemptRecord
            if let spare = try spareRecord(claim.attempt) {
                record = spare
            } else {
                record = try newRecord(claim.attempt)
            }
            try record.write(claim)
            crashPoint(.recordLocked)
            return LockedRecord(record: record)
        } catch {
            if error.code != EEXIST { try folder.remove(name) }
            throw SystemError(call: error.call, object: "\(Self.name)/\(name)", code: error.code)
        }
    }

    private func newRecord(_ attempt: AttemptID) throws(SystemError) -> AttemptRecord {
        let file = try folder.open("\(attempt)", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
        crashPoint(.recordMade)
        let number = file.number
        try syscall("flock") { flock(number, LOCK_EX | LOCK_NB) }
        let record = AttemptRecord(owning: file, of: attempt)
        try record.allocate()
        return record
    }

    /// A record that is no longer needed, emptied, under its new name; nil where there is none.
    private mutating func spareRecord(_ attempt: AttemptID) throws(SystemError) -> AttemptRecord? {
        let name = "\(attempt)"
        guard try FileIdentity(of: name, in: folder) == nil, let spare = spares.popLast() else {
            return nil
        }
        do throws(SystemError) {
            let file = try folder.open(spare, O_RDWR | O_NOFOLLOW)
            let number = file.number
            try syscall("flock") { flock(number, LOCK_EX | LOCK_NB) }
            let record = AttemptRecord(owning: file, of: attempt)
            try record.clear()
            try folder.rename(spare, to: name)
            return record
        } catch {
            // A new one is as good, whatever this one has: somebody else's lock, or no name.
            try folder.remove(spare)
            return nil
        }
    }

    /// Opens the record of an attempt without its lock; nil where there is none.
    public func record(of attempt: AttemptID) throws(SystemError) -> AttemptRecord? {
        do {
            let file = try folder.open("\(attempt)", O_RDWR | O_NOFOLLOW)
            return AttemptRecord(owning: file, of: attempt)
        } catch  where error.code == ENOENT {
            return nil
        }
    }

    /// What came of trying a record's lock.
    enum Lock: ~Copyable {
        /// There is no record.
        case missing
        /// A supervisor has it.
        case refused(AttemptRecord)
        /// Nobody had it.
        case taken(LockedRecord)
    }

    /// Tries the lock of an attempt's record, without waiting.
    func lock(_ attempt: AttemptID) throws(SystemError) -> Lock {
        while let record = try record(of: attempt) {
            let number = record.descriptor.number
            do {
                try syscall("flock", "\(attempt)") { flock(number, LOCK_EX | LOCK_NB) }
            } catch  where error.code == EWOULDBLOCK {
                return .refused(record)
            }
            // The lock belongs to the file, not to its name: a job may have put another one there.
            let locked = try FileIdentity(of: record.descriptor)
            if try FileIdentity(of: "\(attempt)", in: folder) == locked {
                return .taken(LockedRecord(record: record))
            }
        }
        return .missing
    }

    /// Takes down all that an attempt has in the spool; what is not there is no error.
    ///
    /// Only once its end, or its way back, is committed.
    public mutating func remove(_ attempt: AttemptID) throws(SystemError) {
        try removeScript(of: attempt)
        crashPoint(.scriptFolderRemoved)
        guard spares.count < Self.mostSpares else { return try folder.remove("\(attempt)") }
        let spare = "\(Self.spareName).\(nextSpare)"
        do {
            try folder.rename("\(attempt)", to: spare)
        } catch  where error.code == ENOENT {
            return
        }
        nextSpare += 1
        spares.append(spare)
    }

    /// Removes the folder with the copy of an attempt's script, and what the job left there.
    func removeScript(of attempt: AttemptID) throws(SystemError) {
        let name = Self.scriptFolder(of: attempt)
        let scripts: Folder
        do {
            scripts = try folder.folder(name)
        } catch  where error.code == ENOENT {
            return
        }
        for file in try scripts.names() { try scripts.remove(file) }
        try folder.removeFolder(name)
    }

    /// All attempts that have something in the spool, in no order, each once.
    public func attempts() throws(SystemError) -> [AttemptID] {
        var found: Set<AttemptID> = []
        for name in try folder.names() {
            let stem = name.hasSuffix(".d") ? name.dropLast(2) : name[...]
            let parts = stem.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let job = Int64(parts[0]), let number = Int(parts[1]) else {
                continue
            }
            found.insert(AttemptID(job: JobID(rawValue: job), number: number))
        }
        return Array(found)
    }

    static func scriptFolder(of attempt: AttemptID) -> String { "\(attempt).d" }

    /// The name of the variable by which a job's processes can be told.
    static let markerName = "SLUICE_ATTEMPT"

    /// The variable that every process of an attempt is started with.
    func marker(of attempt: AttemptID) -> ByteString {
        ByteString("\(Self.markerName)=\(attempt)@\(identity.device):\(identity.inode)")
    }
}

/// A record with its lock: whoever has it alone says whether the attempt may come to life.
public struct LockedRecord: ~Copyable, Sendable {
    /// The record.
    public let record: AttemptRecord

    /// Says that the attempt is never to come to life.
    func makeVoid(_ claim: ClaimSlot) throws(SystemError) {
        var claim = claim
        claim.isVoid = true
        try record.write(claim)
    }
}
