import Benchmark
import Foundation
import Planner

/// The schemes that are measured, by the names that the table shows.
private let schemes: [(name: String, scheme: Scheme)] = {
    let pairs: [(Policy, Backfill)] = [
        (.multifactor, .easy), (.fifo, .easy), (.srtf, .easy), (.wfp3, .easy),
        (.fifo, Backfill(.conservative, depth: 500)),
    ]
    return pairs.compactMap { policy, backfill in
        (try? Scheme(policy, backfill: backfill)).map {
            ("\(policy.rawValue)+\(backfill.kind.rawValue)", $0)
        }
    }
}()

/// How many wait, so that the growth is seen.
private let lengths = [1000, 10_000, 100_000, 1_000_000]

/// The memory of this process that is in use now, in bytes (proc(5), statm).
private func usedMemory() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4096
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock],
        warmupIterations: 1,
        maxDuration: .seconds(2),
        maxIterations: 500
    )

    for pending in lengths {
        Benchmark(
            "bytes a pending job, \(pending)",
            configuration: .init(metrics: [.custom("bytes")], maxIterations: 1)
        ) { benchmark in
            let before = usedMemory()
            let workload = Workload(pending: pending)
            benchmark.measurement(.custom("bytes"), (usedMemory() - before) / pending)
            blackHole(workload)
        }
    }

    for (name, scheme) in schemes {
        for pending in lengths {
            // A pass over all that waits, on an empty machine.
            Benchmark("full pass, \(name), \(pending)") { benchmark, workload in
                for _ in benchmark.scaledIterations {
                    workload.clear()
                    benchmark.startMeasurement()
                    workload.plan()
                    benchmark.stopMeasurement()
                }
            } setup: {
                Workload(pending: pending, scheme: scheme)
            }

            // One end and one submission, with the plan that follows.
            Benchmark("step, \(name), \(pending)") { benchmark, workload in
                for _ in benchmark.scaledIterations { workload.step() }
            } setup: {
                Workload(pending: pending, scheme: scheme)
            }
        }
    }
}
