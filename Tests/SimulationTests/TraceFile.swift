import Foundation
import Simulation

/// A trace in the Standard Workload Format, read whole: its usable jobs in order of submission.
struct TraceFile {
    var processors: Int
    var jobs: [WorkloadJob] = []

    /// Reads a gzipped trace; the machine has so many processors, or what the header says.
    init(_ url: URL, processors override: Int? = nil) throws {
        var header: [String: Int] = [:]
        var found: [WorkloadJob] = []
        for line in try Self.text(of: url).split(separator: UInt8(ascii: "\n")) {
            if line.first == UInt8(ascii: ";") {
                let parts = String(decoding: line.dropFirst(), as: UTF8.self).split(separator: ":")
                    .map { $0.trimmingCharacters(in: .whitespaces) }
                if parts.count == 2, let value = Int(parts[1]) { header[parts[0]] = value }
                continue
            }
            let fields = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                .map { Self.integer($0) }
            guard fields.count >= 12 else { continue }
            found.append(
                WorkloadJob(
                    number: fields[0],
                    submit: fields[1],
                    runTime: fields[3],
                    processors: Int(fields[7] > 0 ? fields[7] : fields[4]),
                    limit: fields[8] > 0 ? fields[8] : nil,
                    user: fields[11] >= 0 ? fields[11] : nil
                )
            )
        }
        let processors = override ?? header["MaxProcs"] ?? header["MaxNodes"] ?? 0
        self.processors = processors
        jobs = found.filter { $0.submit >= 0 && $0.runTime > 0 && 1...processors ~= $0.processors }
            .sorted { ($0.submit, $0.number) < ($1.submit, $1.number) }
    }

    /// A number cut to an integer.
    private static func integer(_ text: Data.SubSequence) -> Int64 {
        let text = String(decoding: text, as: UTF8.self)
        return Int64(text) ?? Double(text).map { Int64($0) } ?? -1
    }

    private static func text(of url: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", url.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return data
    }
}
