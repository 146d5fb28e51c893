internal import JobModel
internal import Linux
internal import SQLite

/// Makes records of rows; what is the same for many of them is looked up once, and only if needed.
struct JobReader {
    let store: QueueStore
    let filter: JobFilter
    // Arrays, since to make the first dictionary of a kind takes longer than to search them.
    private var users: [(uid: UInt32, name: String)] = []
    private var notes: [PlanNote]?
    private var gpus: [MachineFacts.GPU]?
    private var spec: (id: Int64, material: LaunchMaterial, comment: ByteString?)?
    // Neighbouring rows mostly agree in these, so that they need not be read anew.
    private var name = ByteString([])
    private var state = (text: Array(JobState.pending.rawValue.utf8), value: JobState.pending)

    init(_ store: QueueStore, _ filter: JobFilter) {
        self.store = store
        self.filter = filter
    }

    /// The record of a row; nil where the filter leaves it out, or where it stands for nothing: an
    /// array's own row whose tasks all have rows of theirs.
    mutating func record(_ row: Row, evenIfFiltered: Bool = false) throws -> JobRecord? {
        let uid = UInt32(row.integer(.uid))
        let state = state(of: row)
        if !row.bytes(JobColumn.name.rawValue, equal: name.bytes) {
            name = ByteString(row.bytes(.name))
        }
        guard evenIfFiltered || filter.admits(uid: uid, state: state, name: name) else {
            return nil
        }
        let id = row.jobID(.id)
        let array = row.optionalInteger(.array_id).map(JobID.init(rawValue:))
        let index = row.optionalInteger(.task_index).map { Int($0) }
        var waiting: ArrayIndexSet?
        if array != nil, index == nil {
            let ranges = try store.ranges(of: id)
            guard !ranges.isEmpty else { return nil }
            waiting = ranges
        }
        var record = JobRecord(
            id: id,
            array: array,
            taskIndex: index,
            waiting: waiting,
            throttle: row.optionalInteger(.throttle).map { Int($0) },
            name: name,
            uid: uid,
            user: try userName(uid),
            state: state,
            reason: try reason(row, state, id),
            priority: row.integer(.priority),
            nice: row.integer(.nice),
            request: row.request,
            timeLimit: row.timeLimit,
            allocation: nil,
            gpus: [],
            submitted: Timestamp(microseconds: row.integer(.submitted_us)),
            eligible: row.time(.eligible_us),
            expectedStart: state == .pending ? try note(on: id)?.start : nil,
            started: nil,
            ended: nil,
            exitCode: nil,
            signal: nil,
            attempts: Int(row.integer(.attempts)),
            restarts: Int(row.integer(.restarts)),
            cpuMicroseconds: nil,
            maxRSSBytes: nil,
            cancelledBy: nil,
            details: nil
        )
        if state != .pending { try addOutcome(to: &record, row) }
        if filter.wantsDetails { record.details = try details(of: record, row.integer(.spec)) }
        return record
    }

    /// Adds what only a job has that was started or has ended.
    private mutating func addOutcome(to record: inout JobRecord, _ row: Row) throws {
        if record.attempts > 0 { try store.addAttempt(to: &record) }
        if let held = record.allocation?.gpus, !held.isEmpty {
            let known = try knownGPUs()
            record.gpus = held.compactMap { share in known.first { $0.uuid == share.uuid } }
        }
        if record.waiting == nil { record.started = row.time(.started_us) }
        record.ended = row.time(.ended_us)
        record.exitCode = row.optionalInteger(.exit_code).map { Int($0) }
        record.signal = row.optionalInteger(.signal).map { Int($0) }
        record.cpuMicroseconds = row.optionalInteger(.cpu_us)
        record.maxRSSBytes = row.optionalInteger(.max_rss_bytes)
        record.cancelledBy = row.optionalInteger(.cancelled_by).map { UInt32($0) }
    }

    private mutating func state(of row: Row) -> JobState {
        if !row.bytes(JobColumn.state.rawValue, equal: state.text) {
            state.text = row.bytes(.state)
            state.value = JobState(rawValue: row.text(.state)) ?? .pending
        }
        return state.value
    }

    private mutating func userName(_ uid: UInt32) throws -> String {
        if let known = users.first(where: { $0.uid == uid }) { return known.name }
        let name = try store.userName(of: uid) ?? UserName.local(uid) ?? String(uid)
        users.append((uid, name))
        return name
    }

    private mutating func knownGPUs() throws -> [MachineFacts.GPU] {
        if let gpus { return gpus }
        let found = try store.machineFacts()?.gpus ?? []
        gpus = found
        return found
    }

    private mutating func note(on id: JobID) throws -> PlanNote? {
        if notes == nil { notes = try store.planNotes() }
        guard let notes else { return nil }
        var (low, high) = (0, notes.count)
        while low < high {
            let middle = (low + high) / 2
            if notes[middle].job < id { low = middle + 1 } else { high = middle }
        }
        return low < notes.count && notes[low].job == id ? notes[low] : nil
    }

    private mutating func reason(_ row: Row, _ state: JobState, _ id: JobID) throws -> Reason {
        let stored = row.optionalText(JobColumn.reason.rawValue).flatMap(Reason.init(rawValue:))
        if let stored { return stored }
        if state == .suspended { return try note(on: id)?.reason ?? .none }
        guard state == .pending else { return .none }
        if row.integer(.unmet) > 0 { return .dependency }
        if let note = try note(on: id) { return note.reason }
        if let begin = row.time(.begin_us),
            begin > Timestamp(microseconds: Clock.realtimeMicroseconds)
        {
            return .beginTime
        }
        return notes?.isEmpty == false ? .priority : .none
    }

    private mutating func details(
        of record: JobRecord,
        _ number: Int64
    ) throws -> JobRecord.Details {
        if spec?.id != number {
            spec = (number, try store.launchMaterial(number), try store.comment(ofSpec: number))
        }
        guard let spec else { throw QueueError.damaged("the specification \(number) of a job") }
        let context = OutputPattern.Context(
            job: record.id,
            array: record.array,
            taskIndex: record.taskIndex,
            jobName: record.name,
            userName: ByteString(record.user),
            hostName: HostName.short
        )
        let output = spec.material.outputPath(context)
        return JobRecord.Details(
            workDirectory: spec.material.workDirectory,
            command: spec.material.command,
            outputPath: output,
            errorPath: spec.material.errorPath(context) ?? output,
            appendsOutput: spec.material.appendsOutput,
            dependency: record.state == .pending ? try store.dependencyText(of: record.id) : nil,
            comment: spec.comment,
            launchFailure: record.reason == .jobLaunchFailure
                ? try store.message(of: record.id, attempt: record.attempts) : nil
        )
    }
}
