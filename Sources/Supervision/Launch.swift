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
            guard let watched = try self.record(of: attempt) else {
                throw SystemError(call: "open", object: "\(Spool.name)/\(attempt)", code: ENOENT)
            }
            var complete = specification
            let prefix = Array("\(Self.markerName)=".utf8)
            complete.environment.removeAll { $0.bytes.starts(with: prefix) }
            complete.environment.append(marker(of: attempt))
            let bytes = try Descriptor.memory("launch", holding: complete.encoded)
            let process = try spawn(
                supervisor,
                attempt,
                record: record.record.descriptor,
                specification: bytes
            )
            crashPoint(.supervisorSpawned)
            return SupervisedAttempt(attempt: attempt, record: watched, process: process)
        } catch {
            // Nothing was started, and what is gone need not be void.
            try folder.remove("\(attempt)")
            throw error
        }
    }

    private func spawn(
        _ path: String,
        _ attempt: AttemptID,
        record: borrowing Descriptor,
        specification: borrowing Descriptor
    ) throws(SystemError) -> ProcessHandle {
        let arguments = CStrings([ByteString("stepd"), ByteString("\(attempt)")])
        // The supervisor carries the marker, too: it is found where its record was unlinked.
        let environment = CStrings([marker(of: attempt), Self.quickStart] + inheritedVariables)
        var started = clinux_supervisor()
        let code = unsafe clinux_spawn_supervisor(
            path,
            arguments.pointers,
            environment.pointers,
            record.number,
            specification.number,
            &started
        )
        guard code == 0 else { throw SystemError(call: "execve", object: path, code: code) }
        return ProcessHandle(owning: Descriptor(owning: started.pidfd), pid: started.pid)
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
