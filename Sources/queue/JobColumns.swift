import CommandLineSupport
import JobModel
import QueueStore

/// The columns of a listing by Slurm's letters (squeue(1), `-o`), and three of our own.
struct JobColumns {
    /// The letters that there are; `#` is the CPUs held, `@` the GPUs, `!` when and why.
    static let letters = "aAbBcCDeEfFghiIjkKlLmMnNopPqQrRStTuUvVyzZ#@!"

    /// As `queue` shows jobs where nothing else is asked for.
    static let standard = "%.14i %14j %8u %2t %.10M %.4C %.9# %.4@ %!"
    /// `--long`.
    static let long = "%.14i %14j %8u %9T %.10M %.11l %.4C %.9# %.4@ %!"
    /// `--start`.
    static let start = "%.14i %14j %8u %2t %.19S %.4C %R"

    let now: Timestamp
    let host: ByteString

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
        case "#": "CORES"
        case "@": "GPUS"
        default: "START(REASON)"
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
        case "!": startAndReason(job, &buffer)
        case "R": nodeOrReason(job, &buffer)
        case "#": buffer.append(job.heldCPUs)
        case "@": buffer.append(gpus(job))
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
        case .failed, .timeout, .nodeFail: .red
        case .pending, .completed, .cancelled: .plain
        }
    }

    private func gpus(_ job: JobRecord) -> String {
        job.state == .running ? job.heldGPUs : job.request.gpus.map { "\($0.count)" } ?? ""
    }

    private func elapsed(_ job: JobRecord) -> Int64 {
        job.state == .pending ? 0 : job.elapsedMicroseconds(at: now) / 1_000_000
    }

    /// For what waits `(Reason)`, and the expected start where it is known.
    private func startAndReason(_ job: JobRecord, _ buffer: inout OutputBuffer) {
        guard job.state == .pending else { return }
        buffer.append("(\(job.reason.rawValue))")
        guard let start = job.expectedStart else { return }
        buffer.append(" ")
        LocalTime.append(start, to: &buffer)
    }

    private func nodeOrReason(_ job: JobRecord, _ buffer: inout OutputBuffer) {
        if job.state == .pending {
            buffer.append("(\(job.reason.rawValue))")
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
        case "e": LocalTime.append(job.ended ?? expectedEnd(job), to: &buffer)
        case "V": LocalTime.append(job.submitted, to: &buffer)
        default: return false
        }
        return true
    }

    private func limit(_ limit: TimeLimit?, less used: Int64, _ buffer: inout OutputBuffer) {
        guard case .seconds(let seconds) = limit else { return buffer.append("UNLIMITED") }
        buffer.append(ElapsedTime(seconds: max(0, seconds - used)))
    }

    private func expectedEnd(_ job: JobRecord) -> Timestamp? {
        guard let start = job.started, case .seconds(let seconds) = job.timeLimit else {
            return nil
        }
        return Timestamp(microseconds: start.microseconds + seconds * 1_000_000)
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
            for (index, word) in (job.details?.command ?? []).enumerated() {
                if index > 0 { buffer.append(" ") }
                TerminalText.append(word, to: &buffer)
            }
        case "P": buffer.append("main")
        case "z": buffer.append("*:*:*")
        case "Z": TerminalText.append(job.details?.workDirectory ?? "", to: &buffer)
        default: buffer.append("N/A")
        }
    }
}
