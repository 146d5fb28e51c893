import CommandLineSupport
import JobModel
import QueueStore

/// One job in Slurm's form of `key=value` words (scontrol(1), `show job`).
struct JobSheet {
    let job: JobRecord
    let now: Timestamp

    func append(to output: inout OutputBuffer) {
        for (index, line) in lines.enumerated() {
            output.append(index == 0 ? "" : "   ")
            for (position, word) in line.enumerated() {
                if position > 0 { output.append(" ") }
                output.append(word.key)
                output.append("=")
                TerminalText.append(word.value, to: &output)
            }
            output.append("\n")
        }
        output.append("\n")
    }

    private typealias Word = (key: String, value: ByteString)

    private func word(_ key: String, _ value: String) -> Word { (key, ByteString(value)) }

    private var lines: [[Word]] {
        let details = job.details
        return [
            identity,
            [word("UserId", "\(job.user)(\(job.uid))")],
            [word("Priority", "\(job.priority)"), word("Nice", "\(job.nice)")],
            [
                word("JobState", job.state.rawValue), word("Reason", job.reason.rawValue),
                word("Dependency", details?.dependency ?? "(null)"),
            ],
            [word("Restarts", "\(job.restarts)"), word("ExitCode", job.exitText)],
            [word("RunTime", runTime), word("TimeLimit", limit), word("PredictedTime", predicted)],
            [word("SubmitTime", time(job.submitted)), word("EligibleTime", time(job.eligible))],
            [
                word("StartTime", time(job.started ?? job.expectedStart)),
                word("EndTime", time(job.expectedEnd)),
            ],
            [
                word("Partition", "main"),
                word("NodeList", job.started == nil ? "" : HostName.short.string),
            ],
            resources,
            [("Command", details?.commandLine ?? "(null)")],
            [("WorkDir", details?.workDirectory ?? "")],
            [("StdErr", details?.errorPath ?? "")],
            [("StdOut", details?.outputPath ?? "")],
        ] + (details?.comment.map { [[("Comment", $0)]] } ?? [])
            + (details?.launchFailure.map { [[word("SystemComment", $0)]] } ?? [])
    }

    private var identity: [Word] {
        var words = [word("JobId", "\(job.id)")]
        if let array = job.array {
            words.append(word("ArrayJobId", "\(array)"))
            words.append(
                word(
                    "ArrayTaskId",
                    job.taskIndex.map { "\($0)" } ?? job.waiting.map { "\($0)" } ?? ""
                )
            )
            if let throttle = job.throttle {
                words.append(word("ArrayTaskThrottle", "\(throttle)"))
            }
        }
        return words + [("JobName", job.name)]
    }

    private var resources: [Word] {
        let allocation = job.allocation
        return [
            word("NumNodes", "1"), word("NumCPUs", "\(job.request.cpus)"),
            word("NumTasks", "\(job.request.tasks ?? 1)"),
            word("CPUs/Task", "\(job.request.cpusPerTask ?? 1)"),
            word("CPU_IDs", allocation.map { "\($0.cpus)" } ?? "(null)"),
            word(
                "GPU_IDs",
                job.gpus.isEmpty ? "(null)" : job.gpuText
            ),
            word("Mem", job.requestedMemoryBytes.map { "\(MemorySize(bytes: $0))" } ?? "0"),
        ]
    }

    private var runTime: String {
        let elapsed = job.state == .pending ? 0 : job.elapsedMicroseconds(at: now)
        return ElapsedTime(seconds: elapsed / 1_000_000).paddedDescription
    }

    private var limit: String {
        guard case .seconds(let seconds) = job.timeLimit else { return "UNLIMITED" }
        return ElapsedTime(seconds: seconds).paddedDescription
    }

    private var predicted: String {
        job.predictedSeconds.map { ElapsedTime(seconds: $0).paddedDescription } ?? "Unknown"
    }

    private func time(_ instant: Timestamp?) -> String {
        instant.map { LocalTime.string($0) } ?? "Unknown"
    }
}
