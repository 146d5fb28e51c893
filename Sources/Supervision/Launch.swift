internal import CLinux
internal import Glibc
internal import JobModel
public import Linux

extension Spool {
    /// Starts the supervisor of an attempt, as a child of the caller, which reaps it.
    ///
    /// The record's lock goes over to the supervisor without ever being free. Costs a vfork, no
    /// matter how much memory the caller has.
    /// - Parameters:
    ///   - record: of the attempt; where nothing could be started, it is void and removed.
    ///   - supervisor: absolute path of `stepd`.
    public func launch(
        _ specification: LaunchSpecification,
        record: consuming LockedRecord,
        supervisor: String
    ) throws(SystemError) -> SupervisedAttempt {
        let attempt = specification.attempt
        do throws(SystemError) {
            let watched = try watched(attempt)
            let bytes = try Descriptor.memory("launch", holding: complete(specification))
            let link = try spawn(
                supervisor,
                attempt,
                record: record.record.descriptor,
                specification: bytes
            )
            crashPoint(.supervisorSpawned)
            return SupervisedAttempt(attempt: attempt, record: watched, supervisor: link)
        } catch {
            // Nothing was started, and what is gone need not be void.
            try folder.remove("\(attempt)")
            throw error
        }
    }

    /// Gives an attempt to a supervisor whose last one is over.
    ///
    /// The record's lock goes over without ever being free. Where the supervisor ends before it has
    /// taken the attempt, the lock becomes free and nothing has run.
    /// - Parameter record: of the attempt; still the caller's where this returns nil.
    /// - Returns: nil where the supervisor cannot take it: launch it with one of its own then.
    public func handOver(
        _ specification: LaunchSpecification,
        record: borrowing LockedRecord,
        to link: SupervisorLink
    ) throws(SystemError) -> SupervisedAttempt? {
        let attempt = specification.attempt
        let watched = try watched(attempt)
        let bytes = complete(specification)
        guard link.send(bytes, record: record.record.descriptor) else { return nil }
        crashPoint(.attemptHandedOver)
        return SupervisedAttempt(attempt: attempt, record: watched, supervisor: link)
    }

    /// The record of an attempt without its lock.
    private func watched(_ attempt: AttemptID) throws(SystemError) -> AttemptRecord {
        guard let record = try record(of: attempt) else {
            throw SystemError(call: "open", object: "\(Spool.name)/\(attempt)", code: ENOENT)
        }
        return record
    }

    /// A specification as a supervisor reads it, with the mark of its attempt.
    private func complete(_ specification: LaunchSpecification) -> [UInt8] {
        var complete = specification
        let prefix = Array("\(Self.markerName)=".utf8)
        complete.environment.removeAll { $0.bytes.starts(with: prefix) }
        complete.environment.append(marker(of: specification.attempt))
        return complete.encoded
    }

    private func spawn(
        _ path: String,
        _ attempt: AttemptID,
        record: borrowing Descriptor,
        specification: borrowing Descriptor
    ) throws(SystemError) -> SupervisorLink {
        let title = SupervisorTitle(of: attempt, marker: marker(of: attempt))
        let arguments = CStrings([ByteString("stepd"), title.argument])
        // The supervisor carries the marker, too: it is found where its record was unlinked.
        let environment = CStrings([title.variable, Self.quickStart] + inheritedVariables)
        let ends = try HandoverSocket.pair()
        let socket = HandoverSocket(owning: Descriptor(owning: ends.0))
        let other = Descriptor(owning: ends.1)
        var started = clinux_supervisor()
        let code = unsafe clinux_spawn_supervisor(
            path,
            arguments.pointers,
            environment.pointers,
            record.number,
            specification.number,
            other.number,
            &started
        )
        guard code == 0 else { throw SystemError(call: "execve", object: path, code: code) }
        let process = ProcessHandle(owning: Descriptor(owning: started.pidfd), pid: started.pid)
        return SupervisorLink(process: process, socket: socket)
    }

    /// Spares the Swift runtime the search for a backtracer, which a supervisor has no use for.
    private static let quickStart: ByteString = "SWIFT_BACKTRACE=enable=no,swift-backtrace=/"

    /// What a supervisor gets of the caller's environment: only what a test asks of it.
    private var inheritedVariables: [ByteString] {
        #if CRASH_POINTS
            guard let point = unsafe getenv("SLUICE_CRASH_POINT") else { return [] }
            return [ByteString("SLUICE_CRASH_POINT=\(unsafe String(cString: point))")]
        #else
            return []
        #endif
    }
}
