import CommandLineSupport
import Machine
import NVML

/// `--probe-gpus`: what NVIDIA's library says, for the `schedd` that watches it from a safe distance.
enum GPUReport {
    static func print() -> Never {
        do {
            let probe = try ManagementLibrary.probe()
            var output = OutputBuffer()
            output.append(probe.text)
            Program.finish(output)
        } catch {
            Program.fail("\(error)", .unavailable)
        }
    }
}
