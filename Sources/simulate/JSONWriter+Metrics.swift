import CommandLineSupport
import Simulation

extension JSONWriter {
    /// The figures of one replay, as members of an object that is open.
    mutating func members(of metrics: Metrics) {
        count("jobs", metrics.jobs)
        decimal("mean_wait", metrics.meanWait)
        decimal("median_wait", metrics.medianWait)
        count("p95_wait", metrics.p95Wait)
        count("max_wait", metrics.maxWait)
        decimal("mean_slowdown", metrics.meanSlowdown)
        decimal("mean_bounded_slowdown", metrics.meanBoundedSlowdown)
        decimal("utilization", metrics.utilization)
        count("makespan", metrics.makespan)
        count("backfilled", metrics.backfilled)
        count("preemptions", metrics.preemptions)
        count("corrections", metrics.corrections)
        decimal("user_fairness", metrics.userFairness)
    }

    /// The figures of one replay.
    mutating func object(of run: Run) {
        beginObject()
        members(of: run.metrics)
        if let use = run.gpuUtilization { decimal("gpu_utilization", use) }
        endObject()
    }

    /// Several replays, each with what tells it from the others.
    mutating func object(of comparison: Comparison) {
        beginObject()
        key("recorded")
        if let recorded = comparison.recorded {
            beginObject()
            members(of: recorded)
            endObject()
        } else {
            null()
        }
        key("runs")
        beginArray()
        for run in comparison.runs { entry(of: run) }
        endArray()
        endObject()
    }

    private mutating func entry(of run: Run) {
        let options = run.setting.options
        beginObject()
        key("what_if")
        if let label = run.setting.label { string(label) } else { null() }
        key("policy")
        string(run.setting.policy)
        key("backfill")
        string(run.setting.backfill)
        key("estimates")
        string(run.setting.estimates)
        count("processors", options.processors)
        count("gpus", options.gpus)
        members(of: run.metrics)
        key("gpu_utilization")
        if let use = run.gpuUtilization { decimal(use) } else { null() }
        endObject()
    }

    private mutating func count(_ name: StaticString, _ value: some FixedWidthInteger) {
        key(name)
        number(value)
    }

    private mutating func decimal(_ name: StaticString, _ value: Double) {
        key(name)
        decimal(value)
    }

    private mutating func decimal(_ value: Double) { raw(Report.decimal(value, 6)) }
}
