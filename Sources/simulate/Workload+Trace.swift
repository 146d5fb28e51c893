import Simulation
import Trace

extension Workload {
    /// The usable jobs of a trace: submitted, with a run time, and no larger than the machine.
    ///
    /// A job ends at its limit, so a longer run time is cut to it.
    init(_ trace: Trace, title: String, processors: Int) {
        let usable = trace.records.enumerated().filter { _, record in
            record.submit >= 0 && record.runTime > 0
                && 1...Int64(processors) ~= record.processors
        }
        let order = usable.sorted {
            ($0.element.submit, $0.element.number, $0.offset)
                < ($1.element.submit, $1.element.number, $1.offset)
        }
        self.title = title
        machine = Machine(processors: processors)
        names = order.map { String($0.element.number) }
        jobs = order.enumerated().map { place, entry in
            let record = entry.element
            let limit = record.requestedTime > 0 ? record.requestedTime : nil
            return WorkloadJob(
                // Numbers may repeat in traces that were put together; places do not.
                number: Int64(place + 1),
                submit: record.submit,
                runTime: min(record.runTime, limit ?? .max),
                processors: Int(record.processors),
                limit: limit,
                user: record.user == -1 ? nil : record.user
            )
        }
        let left = trace.records.count - jobs.count
        if left > 0 {
            unusable =
                "\(left) without a submission, a run time or processors, or with more than "
                + "\(processors)"
        }
    }
}
