public import JobModel
public import QueueStore

extension JSONWriter {
    /// One job; the same object in every program (docs/json.md).
    ///
    /// - Parameter now: for how long a running job has run.
    public mutating func job(_ job: JobRecord, at now: Timestamp) {
        beginObject()
        key("job_id")
        number(job.id.rawValue)
        optional("array_job_id", job.array?.rawValue)
        optional("array_task_id", job.taskIndex)
        key("array_tasks")
        if let waiting = job.waiting { string("\(waiting)") } else { null() }
        key("name")
        string(job.name)
        key("user")
        string(job.user)
        key("uid")
        number(job.uid)
        key("state")
        string(job.state.rawValue)
        key("reason")
        string(job.reason.rawValue)
        key("priority")
        number(job.priority)
        key("nice")
        number(job.nice)
        resources(of: job)
        times(of: job, at: now)
        outcome(of: job)
        details(of: job)
        endObject()
    }

    /// An array of whole numbers.
    public mutating func numbers(_ numbers: some Sequence<Int>) {
        beginArray()
        for value in numbers { number(value) }
        endArray()
    }

    /// The jobs that a listing gives, as the document `{"jobs": […]}` on one line.
    ///
    /// - Parameter more: adds members behind the jobs.
    public static func document(
        at now: Timestamp,
        _ jobs: (_ add: (JobRecord) -> Void) throws -> Void,
        more: (inout JSONWriter) -> Void = { _ in }
    ) rethrows -> OutputBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jobs")
        writer.beginArray()
        try jobs { writer.job($0, at: now) }
        writer.endArray()
        more(&writer)
        writer.endObject()
        writer.endLine()
        return writer.output
    }

    private mutating func resources(of job: JobRecord) {
        key("cpus_requested")
        number(job.request.cpus)
        key("gpus_requested")
        number(job.request.gpus?.count ?? 0)
        optional("gpu_memory_bytes_requested", job.request.gpus?.memory?.bytes)
        key("cpus")
        numbers(job.allocation?.cpus ?? CPUSet())
        key("gpus")
        beginArray()
        for share in job.allocation?.gpus ?? [] {
            let gpu = job.gpus.first { $0.uuid == share.uuid }
            beginObject()
            optional("index", gpu?.index)
            key("uuid")
            string(share.uuid)
            key("type")
            if let gpu { string(gpu.type) } else { null() }
            optional("memory_bytes", gpu?.memoryBytes)
            key("thousandths")
            number(share.thousandths)
            endObject()
        }
        endArray()
        optional("memory_bytes", job.requestedMemoryBytes)
        key("memory_by_node")
        beginArray()
        for share in job.allocation?.memoryByNode ?? [] {
            beginObject()
            optional("numa", share.node)
            optional("bytes", share.size.bytes)
            endObject()
        }
        endArray()
        key("time_limit_seconds")
        if case .seconds(let seconds) = job.timeLimit { number(seconds) } else { null() }
    }

    private mutating func times(of job: JobRecord, at now: Timestamp) {
        time("submit_time", job.submitted)
        time("eligible_time", job.eligible)
        time("expected_start_time", job.expectedStart)
        time("start_time", job.started)
        time("end_time", job.ended)
        optional("predicted_seconds", job.predictedSeconds)
        key("elapsed_seconds")
        seconds(microseconds: job.elapsedMicroseconds(at: now))
    }

    private mutating func outcome(of job: JobRecord) {
        optional("exit_code", job.exitCode)
        optional("signal", job.signal)
        key("attempts")
        number(job.attempts)
        key("restarts")
        number(job.restarts)
        key("cpu_seconds")
        if let time = job.cpuMicroseconds { seconds(microseconds: time) } else { null() }
        optional("max_rss_bytes", job.maxRSSBytes)
    }

    private mutating func details(of job: JobRecord) {
        let details = job.details
        text("work_dir", details?.workDirectory)
        text("command", details?.commandLine)
        text("stdout_path", details?.outputPath)
        text("stderr_path", details?.errorPath)
        text("dependency", details?.dependency.map { ByteString($0) })
        text("comment", details?.comment)
        text("system_comment", details?.launchFailure.map { ByteString($0) })
    }

    /// A member of an object that is a whole number, or null where there is none.
    public mutating func optional(_ name: StaticString, _ value: (some FixedWidthInteger)?) {
        key(name)
        if let value { number(value) } else { null() }
    }

    private mutating func text(_ name: StaticString, _ value: ByteString?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    private mutating func time(_ name: StaticString, _ value: Timestamp?) {
        key(name)
        if let value { seconds(microseconds: value.microseconds) } else { null() }
    }
}
