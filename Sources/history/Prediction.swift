import JobModel
import QueueStore

/// How long a job was expected to run, and how long it ran.
struct Prediction {
    /// What was expected at its start, in microseconds, 1 or more; nil where nobody knew.
    let predicted: Int64?
    /// How long it ran, in microseconds, without the time that it stood still.
    let actual: Int64

    /// Of the last attempt of a job that has ended; nil of one that never started.
    init?(of job: JobRecord, at now: Timestamp) {
        guard job.started != nil else { return nil }
        predicted = job.predictedSeconds.map {
            max($0, 1).multipliedReportingOverflow(by: 1_000_000)
        }
        .flatMap { $0.overflow ? nil : $0.partialValue }
        actual = job.elapsedMicroseconds(at: now)
    }

    /// How many times as long as expected it ran.
    var ratio: Double? { predicted.map { Double(actual) / Double($0) } }
}

/// How good the predictions of some jobs were.
struct PredictionSummary {
    /// How many jobs had none.
    private(set) var unpredicted = 0
    /// How many ran longer than expected.
    private(set) var outrun = 0
    /// How far each prediction was off, in microseconds.
    private var errors: [Int64] = []
    private var accuracies = 0.0

    /// How many jobs had a prediction.
    var predicted: Int { errors.count }

    mutating func add(_ prediction: Prediction) {
        guard let predicted = prediction.predicted else {
            unpredicted += 1
            return
        }
        let actual = prediction.actual
        errors.append(abs(actual - predicted))
        if actual > predicted { outrun += 1 }
        accuracies += Double(min(actual, predicted)) / Double(max(actual, predicted))
    }

    /// How far they were off on average, in microseconds.
    var meanError: Int64? {
        errors.isEmpty ? nil : Int64(errors.reduce(0.0) { $0 + Double($1) } / Double(predicted))
    }

    /// How far half of them were off at most, in microseconds; of an even number the mean of the
    /// two in the middle.
    var medianError: Int64? {
        guard !errors.isEmpty else { return nil }
        let sorted = errors.sorted()
        let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
        return low + (high - low) / 2
    }

    /// The mean of min(p, r) / max(p, r), with p predicted and r run: 1 for all of them right
    /// (Tsafrir, Etsion, Feitelson, TPDS 2007).
    var meanAccuracy: Double? { errors.isEmpty ? nil : accuracies / Double(predicted) }

    /// The part of the predictions that was too short, 0 to 1.
    var outrunShare: Double? { errors.isEmpty ? nil : Double(outrun) / Double(predicted) }
}
