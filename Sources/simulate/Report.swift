import CommandLineSupport
import JobModel
import Simulation

/// What one replay came to, for people.
struct Report {
    let run: Run

    /// A title and a line for each figure.
    func text() -> OutputBuffer {
        let metrics = run.metrics
        var output = OutputBuffer()
        TerminalText.append(Self.title(of: run), to: &output)
        output.append("\n\n")
        var table = Table([.init(""), .init("", .right), .init("", .right)])
        func add(_ name: String, _ value: String, _ note: String = "") {
            table.add(name)
            table.add(value)
            table.add(note)
        }
        func addTime(_ name: String, _ seconds: Double) {
            add(name, Self.time(seconds), Self.decimal(seconds, 6) + " s")
        }
        addTime("mean wait", metrics.meanWait)
        addTime("median wait", metrics.medianWait)
        addTime("95 % wait at most", Double(metrics.p95Wait))
        addTime("longest wait", Double(metrics.maxWait))
        add("mean slowdown", Self.decimal(metrics.meanSlowdown, 6))
        add("mean bounded slowdown", Self.decimal(metrics.meanBoundedSlowdown, 6))
        add("processors in use", Self.percent(metrics.utilization))
        if let use = run.gpuUtilization { add("GPUs in use", Self.percent(use)) }
        addTime("makespan", Double(metrics.makespan))
        add("backfilled", String(metrics.backfilled))
        add("preemptions", String(metrics.preemptions))
        add("corrected estimates", String(metrics.corrections))
        add("fairness between users", Self.decimal(metrics.userFairness, 6))
        table.write(to: &output, withHeader: false)
        if let unusable = run.setting.workload.unusable {
            output.append("\nLeft out: \(unusable).\n")
        }
        return output
    }

    /// `trace.swf.gz: 5000 jobs on 100 processors; fifo, backfill easy, estimates user`.
    static func title(of run: Run) -> String {
        "\(run.setting.workload.title): \(machine(run)); "
            + "\(run.setting.policy), backfill \(run.setting.backfill)"
            + ", estimates \(run.setting.estimates)"
    }

    /// `5000 jobs on 100 processors and 2 GPUs`.
    static func machine(_ run: Run) -> String {
        let options = run.setting.options
        let gpus = options.gpus
        return "\(run.metrics.jobs) job\(run.metrics.jobs == 1 ? "" : "s") on "
            + "\(options.processors) processor\(options.processors == 1 ? "" : "s")"
            + (gpus > 0 ? " and \(gpus) GPU\(gpus == 1 ? "" : "s")" : "")
    }

    /// `2:37:42`, in whole seconds.
    static func time(_ seconds: Double) -> String {
        ElapsedTime(seconds: Int64(seconds.rounded())).description
    }

    static func percent(_ part: Double) -> String { decimal(part * 100, 2) + " %" }

    static func decimal(_ value: Double, _ places: Int) -> String {
        var buffer = OutputBuffer()
        buffer.append(decimal: value, places: places)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
