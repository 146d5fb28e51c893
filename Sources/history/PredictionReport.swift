import CommandLineSupport
import JobModel
import QueueStore

/// What `--predictions` shows.
struct PredictionReport {
    private var table = Table([
        .init("JOBID"), .init("NAME"), .init("STATE"), .init("PREDICTED", .right),
        .init("ELAPSED", .right), .init("RATIO", .right), .init("LIMIT", .right),
    ])
    private(set) var summary = PredictionSummary()
    private let now: Timestamp

    init(now: Timestamp) {
        self.now = now
    }

    /// Whether a job has run, so that there is something to compare.
    func shows(_ job: JobRecord) -> Bool { Prediction(of: job, at: now) != nil }

    /// Takes a job into the summary.
    mutating func count(_ job: JobRecord) {
        if let prediction = Prediction(of: job, at: now) { summary.add(prediction) }
    }

    /// Adds a job's line, and takes it into the summary.
    mutating func add(_ job: JobRecord) {
        guard let prediction = Prediction(of: job, at: now) else { return }
        summary.add(prediction)
        table.add(job.label)
        table.add(job.name)
        table.add(job.state.rawValue)
        table.add(prediction.predicted.map(Self.time) ?? "")
        table.add(Self.time(prediction.actual))
        table.add(prediction.ratio.map(Self.decimal) ?? "")
        if case .seconds(let seconds) = job.timeLimit {
            table.add(ElapsedTime(seconds: seconds).paddedDescription)
        } else {
            table.add("UNLIMITED")
        }
    }

    /// The lines, and the summary below.
    func write(to output: inout OutputBuffer, withHeader: Bool) {
        table.write(to: &output, withHeader: withHeader, isColoured: TextStyle.isWanted)
        output.append("\npredictions: \(summary.predicted), jobs without: \(summary.unpredicted)\n")
        guard let mean = summary.meanError, let median = summary.medianError,
            let accuracy = summary.meanAccuracy, let outrun = summary.outrunShare
        else { return }
        output.append("error: mean \(Self.time(mean)), median \(Self.time(median))\n")
        output.append("accuracy: mean \(Self.decimal(accuracy))\n")
        output.append("too short: \(Int((outrun * 100).rounded())) %\n")
    }

    /// The summary as the member `predictions` of the document.
    func write(to writer: inout JSONWriter) {
        writer.key("predictions")
        writer.beginObject()
        writer.key("predicted")
        writer.number(summary.predicted)
        writer.key("unpredicted")
        writer.number(summary.unpredicted)
        for (key, error) in [
            ("mean_error_seconds", summary.meanError),
            ("median_error_seconds", summary.medianError),
        ] as [(StaticString, Int64?)] {
            writer.key(key)
            if let error { writer.seconds(microseconds: error) } else { writer.null() }
        }
        for (key, share) in [
            ("mean_accuracy", summary.meanAccuracy), ("too_short_share", summary.outrunShare),
        ] as [(StaticString, Double?)] {
            writer.key(key)
            if let share {
                writer.millionths(Int64((share * 1_000_000).rounded()))
            } else {
                writer.null()
            }
        }
        writer.endObject()
    }

    private static func time(_ microseconds: Int64) -> String {
        ElapsedTime(seconds: microseconds / 1_000_000).paddedDescription
    }

    /// With two decimal places.
    private static func decimal(_ value: Double) -> String {
        let hundredths = Int64((min(value, 1e15) * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }
}
