import Simulation

/// A replay that is done.
struct Run {
    let setting: Setting
    let result: ReplayResult
    let metrics: Metrics
    /// The part of all GPUs that was in use, as ``Simulation/Metrics/utilization``; nil where the
    /// machine has none.
    let gpuUtilization: Double?

    init(_ setting: Setting, _ result: ReplayResult) {
        let jobs = setting.workload.jobs
        self.setting = setting
        self.result = result
        metrics = Metrics(of: jobs, result, processors: setting.options.processors)
        gpuUtilization = Self.use(of: setting.options.gpus, by: jobs, during: metrics.makespan)
    }

    private static func use(
        of gpus: Int,
        by jobs: [WorkloadJob],
        during makespan: Int64
    ) -> Double? {
        guard gpus > 0 else { return nil }
        let area = jobs.reduce(into: 0.0) { $0 += Double($1.runTime) * Double($1.gpus) }
        return makespan > 0 ? area / (Double(gpus) * Double(makespan)) : 0
    }
}
