import Foundation
import JobModel
import Placement
import SeededRandom

/// The machine and the workloads that placement is measured with.
enum StudyWorkload {
    /// The memory of each GPU.
    private static let gpuMemory: Int64 = 40 << 30

    /// 64 cores in 8 caches and 2 nodes, 8 GPUs: 4 beside each node, linked in pairs by NVLink.
    static let machine: MachineDescription = {
        let shape = Shape(packages: 2, l3PerNode: 4, coresPerL3: 8)
        let gpus = (0..<8).map { index in
            GPU(
                index: index,
                uuid: "GPU-\(index)",
                vendor: .nvidia,
                type: "a100",
                memory: MemorySize(bytes: gpuMemory),
                node: index / 4,
                path: ["bridge \(index / 4)", "switch \(index / 2)"],
                nvlinks: [index ^ 1]
            )
        }
        return MachineDescription(
            topology: shape.topology,
            memory: MemorySize(bytes: 1 << 40),
            gpus: gpus
        )
    }()

    /// A lab's day: half of the jobs without a GPU, others with a share, one, two or four.
    static func random(seed: UInt64, count: Int, load: Double) -> [Study.Job] {
        var generator = SeededGenerator(seed: seed)
        let jobs = (0..<count).map { _ in
            let kind = Int.random(in: 0..<100, using: &generator)
            let cores = 1 << Int.random(in: 0...4, using: &generator)
            switch kind {
            case ..<45: return (cores: cores, gpus: GPURequest?.none)
            case ..<75:
                let gigabytes = [4, 8, 12, 16, 20, 24].randomElement(using: &generator) ?? 8
                return (min(cores, 8), share(Int64(gigabytes) << 30))
            case ..<90: return (min(cores, 8), GPURequest(count: 1))
            case ..<97: return (cores, GPURequest(count: 2))
            default: return (cores, GPURequest(count: 4))
            }
        }
        return timed(jobs, load: load, using: &generator)
    }

    /// The tasks of a trace in its order, with random lengths: its own are those of services.
    static func trace(_ text: String, seed: UInt64, load: Double) -> [Study.Job] {
        var generator = SeededGenerator(seed: seed)
        let tasks = text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return task(
                milliCPUs: Int(fields[1]) ?? 0,
                count: Int(fields[3]) ?? 0,
                milliGPU: Int64(fields[4]) ?? 0
            )
        }
        return timed(tasks, load: load, using: &generator)
    }

    /// Text of a gzipped file of the test data; nil where the variable names no folder.
    static func testData(_ path: String) throws -> String? {
        guard let folder = ProcessInfo.processInfo.environment["SLUICE_TEST_DATA"] else {
            return nil
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", "\(folder)/\(path)"]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    private static func share(_ bytes: Int64) -> GPURequest {
        GPURequest(count: 1, memory: MemorySize(bytes: bytes))
    }

    private static func task(
        milliCPUs: Int,
        count: Int,
        milliGPU: Int64
    ) -> (cores: Int, gpus: GPURequest?)? {
        // Its CPUs are hardware threads.
        let cores = min(max(1, (milliCPUs + 1999) / 2000), 64)
        if count == 0 { return (cores, nil) }
        if milliGPU < 1000 { return (cores, share(milliGPU * gpuMemory / 1000)) }
        return (cores, GPURequest(count: count))
    }

    /// Gives jobs lengths from a minute to two hours, each order of magnitude as likely as another,
    /// and arrivals at random that ask for this part of the GPUs or cores, whichever is scarcer.
    private static func timed(
        _ jobs: [(cores: Int, gpus: GPURequest?)],
        load: Double,
        using generator: inout SeededGenerator
    ) -> [Study.Job] {
        let lengths = jobs.map { _ in
            exp(Double.random(in: log(60.0)...log(7200.0), using: &generator))
        }
        let work = zip(jobs, lengths).map { job, length in
            let gpu = job.gpus.map { request in
                Double(request.memory?.bytes ?? gpuMemory) / Double(gpuMemory)
                    * Double(request.count)
            }
            return length * max((gpu ?? 0) / 8, Double(job.cores) / 64)
        }
        let mean = work.reduce(0, +) / Double(work.count) / load
        var arrival = 0.0
        return zip(jobs, lengths).map { job, length in
            arrival -= mean * log(Double.random(in: .leastNonzeroMagnitude..<1, using: &generator))
            return Study.Job(
                arrival: Int64(arrival),
                duration: Int64(length),
                cores: job.cores,
                gpus: job.gpus
            )
        }
    }
}
