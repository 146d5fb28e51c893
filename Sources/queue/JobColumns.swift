import CommandLineSupport
import JobModel
import QueueStore

/// The columns of a listing by Slurm's letters (squeue(1), `-o`), and four of our own.
struct JobColumns {
    /// The letters that there are; `#` is the CPUs held, `@` the GPUs held, `+` the number of GPUs
    /// asked for or how much of one's memory, `!` all that is held, or why and until when the job waits.
    static let letters = "aAbBcCDeEfFghiIjkKlLmMnNopPqQrRStTuUvVyzZ#@+!"

    /// As `queue` shows jobs where nothing else is asked for.
    static let standard = "%.14i %14j %8u %2t %.10M %.4C %.4+ %!"
    /// `--long`.
    static let long = "%.14i %14j %8u %9T %.10M %.11l %.4C %.10m %.4+ %!"
    /// `--start`.
    static let start = "%.14i %14j %8u %2t %19S %.4C %.4+ %r"

    private let now: Timestamp
    private let host = HostName.short

    /// Columns that show how things stand at an instant.
    init(now: Timestamp) {
        self.now = now
    }

    /// The head of a column.
    static func title(_ letter: UInt8) -> String {
        switch Unicode.Scalar(letter) {
        case "a": "ACCOUNT"
        case "A", "i": "JOBID"
        case "b": "TRES_PER_NODE"
        case "B": "EXEC_HOST"
        case "c": "MIN_CPUS"
        case "C": "CPUS"
        case "D": "NODES"
        case "e": "END_TIME"
        case "E": "DEPENDENCY"
        case "f": "FEATURES"
        case "F": "ARRAY_JOB_ID"
        case "g": "GROUP"
        case "h": "OVER_SUBSCRIBE"
        case "I": "RESTARTS"
        case "j": "NAME"
        case "k": "COMMENT"
        case "K": "ARRAY_TASK_ID"
        case "l": "TIME_LIMIT"
        case "L": "TIME_LEFT"
        case "m": "MIN_MEMORY"
        case "M": "TIME"
        case "n": "REQ_NODES"
        case "N": "NODELIST"
        case "o": "COMMAND"
        case "p", "Q": "PRIORITY"
        case "P": "PARTITION"
        case "q": "QOS"
        case "r": "REASON"
        case "R": "NODELIST(REASON)"
        case "S": "START_TIME"
        case "t": "ST"
        case "T": "STATE"
        case "u": "USER"
        case "U": "UID"
        case "v": "RESERVATION"
        case "V": "SUBMIT_TIME"
        case "y": "NICE"
        case "z": "S:C:T"
        case "Z": "WORK_DIR"
        case "#": "CPU_IDS"
        case "@": "GPU_IDS"
        case "+": "GPUS"
        default: "HELD(REASON)"
        }
    }

    /// Whether a column needs ``JobRecord/details``.
    static func needsDetails(_ letters: [UInt8]) -> Bool {
        letters.contains { "EkoZ".utf8.contains($0) }
    }

    /// Adds a job's text in a column, fit for a terminal.
    func append(_ letter: UInt8, of job: JobRecord, to buffer: inout OutputBuffer) -> TextStyle {
        switch Unicode.Scalar(letter) {
        case "i": label(job, &buffer)
        case "j": TerminalText.append(job.name, to: &buffer)
        case "u": TerminalText.append(job.user, to: &buffer)
        case "t": return state(job.state.code, job, &buffer)
        case "T": return state(job.state.rawValue, job, &buffer)
        case "C", "c": buffer.append(number: job.request.cpus)
        case "M": buffer.append(ElapsedTime(seconds: elapsed(job)))
        case "+":
            buffer.append(
                job.request.gpus.map { $0.memory?.description ?? "\($0.count)" } ?? "0"
            )
        case "!":
            if job.state == .pending { wait(job, &buffer) } else { held(job, &buffer) }
        case "R": nodeOrReason(job, &buffer)
        case "#": cpus(job, &buffer)
        case "@": gpus(job, &buffer)
        default:
            if !identity(letter, job, &buffer) && !time(letter, job, &buffer) {
                rest(letter, job, &buffer)
            }
        }
        return .plain
    }

    private func label(_ job: JobRecord, _ buffer: inout OutputBuffer) {
        if job.array == nil {
            buffer.append(number: job.id.rawValue)
        } else {
            buffer.append(job.label)
        }
    }

    private func state(
        _ text: String,
        _ job: JobRecord,
        _ buffer: inout OutputBuffer
    ) -> TextStyle {
        buffer.append(text)
        return switch job.state {
        case .running: .green
        case .suspended: .yellow
        case .failed, .timeout, .nodeFail: .red
        case .pending, .completed, .cancelled: .plain
        }
    }

    private func elapsed(_ job: JobRecord) -> Int64 {
        job.state == .pending ? 0 : job.elapsedMicroseconds(at: now) / 1_000_000
    }

    /// `(Reason)`, and the expected start where it is known.
    private func wait(_ job: JobRecord, _ buffer: inout OutputBuffer) {
        reason(job, &buffer)
        guard let start = job.expectedStart else { return }
        buffer.append(" ")
        LocalTime.append(start, to: &buffer)
    }

    /// `cpu 0-3 gpu 0,2`, `cpu 4 gpu 1:10G`; for what has ended, why it ended so.
    private func held(_ job: JobRecord, _ buffer: inout OutputBuffer) {
        guard job.state == .running else {
            if job.reason != .none { reason(job, &buffer) }
            return
        }
        buffer.append("cpu ")
        cpus(job, &buffer)
        guard !job.gpus.isEmpty else { return }
        buffer.append(" gpu ")
        buffer.append(job.gpuText)
    }

    private func reason(_ job: JobRecord, _ buffer: inout OutputBuffer) {
        buffer.append("(")
        buffer.append(job.reason.rawValue)
        buffer.append(")")
    }

    private func cpus(_ job: JobRecord, _ buffer: inout OutputBuffer) {
        if job.state == .running, let cpus = job.allocation?.cpus { buffer.append("\(cpus)") }
    }

    private func gpus(_ job: JobRecord, _ buffer: inout OutputBuffer) {
        guard job.state == .running else { return }
        for (place, gpu) in job.gpus.enumerated() {
            if place > 0 { buffer.append(",") }
            buffer.append(number: gpu.index)
        }
    }

    private func nodeOrReason(_ job: JobRecord, _ buffer: inout OutputBuffer) {
        if job.state == .pending {
            reason(job, &buffer)
        } else {
            TerminalText.append(host, to: &buffer)
        }
    }

    /// The columns that say which job it is; whether it was one of them.
    private func identity(
        _ letter: UInt8,
        _ job: JobRecord,
        _ buffer: inout OutputBuffer
    ) -> Bool {
        switch Unicode.Scalar(letter) {
        case "A": buffer.append(number: job.id.rawValue)
        case "F": buffer.append(number: (job.array ?? job.id).rawValue)
        case "K":
            buffer.append(
                job.taskIndex.map { "\($0)" } ?? job.waiting.map { "\($0)" } ?? "N/A"
            )
        case "U": buffer.append(number: job.uid)
        case "p", "Q": buffer.append(number: job.priority)
        case "y": buffer.append(number: job.nice)
        case "r": buffer.append(job.reason.rawValue)
        case "I": buffer.append(number: job.restarts)
        default: return false
        }
        return true
    }

    /// The columns that are times; whether it was one of them.
    private func time(
        _ letter: UInt8,
        _ job: JobRecord,
        _ buffer: inout OutputBuffer
    ) -> Bool {
        switch Unicode.Scalar(letter) {
        case "l": limit(job.timeLimit, less: 0, &buffer)
        case "L": limit(job.timeLimit, less: elapsed(job), &buffer)
        case "S": LocalTime.append(job.started ?? job.expectedStart, to: &buffer)
        case "e": LocalTime.append(job.expectedEnd, to: &buffer)
        case "V": LocalTime.append(job.submitted, to: &buffer)
        default: return false
        }
        return true
    }

    private func limit(_ limit: TimeLimit?, less used: Int64, _ buffer: inout OutputBuffer) {
        guard case .seconds(let seconds) = limit else { return buffer.append("UNLIMITED") }
        buffer.append(ElapsedTime(seconds: max(0, seconds - used)))
    }

    private func rest(_ letter: UInt8, _ job: JobRecord, _ buffer: inout OutputBuffer) {
        switch Unicode.Scalar(letter) {
        case "a", "q", "f", "n", "v": buffer.append("(null)")
        case "b": buffer.append(job.request.gpus.map { "gres:gpu:\($0.count)" } ?? "N/A")
        case "B", "N": if job.state != .pending { TerminalText.append(host, to: &buffer) }
        case "D": buffer.append("1")
        case "E": buffer.append(job.details?.dependency ?? "(null)")
        case "h": buffer.append("NO")
        case "k": TerminalText.append(job.details?.comment ?? "(null)", to: &buffer)
        case "m":
            buffer.append(job.requestedMemoryBytes.map { "\(MemorySize(bytes: $0))" } ?? "0")
        case "o":
            TerminalText.append(job.details?.commandLine ?? "", to: &buffer)
        case "P": buffer.append("main")
        case "z": buffer.append("*:*:*")
        case "Z": TerminalText.append(job.details?.workDirectory ?? "", to: &buffer)
        default: buffer.append("N/A")
        }
    }
}
