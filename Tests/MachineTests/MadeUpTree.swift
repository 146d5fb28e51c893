import Foundation
import Machine

/// A small `sys` and `proc` in a temporary folder, which goes when the value goes.
final class MadeUpTree {
    let root: String

    /// Writes files and symbolic links; where a text lacks the newline at its end, it gets one.
    init(_ files: [String: String], links: [String: String] = [:]) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-tree-\(UUID().uuidString)")
        root = folder.path
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, text) in files {
            let file = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            let ended = text.hasSuffix("\n") || text.hasSuffix("\0") ? text : text + "\n"
            try Data(ended.utf8).write(to: file)
        }
        for (path, target) in links {
            let link = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: link.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try FileManager.default.createSymbolicLink(
                atPath: link.path,
                withDestinationPath: target
            )
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }
}

/// The files that tell of some CPUs, made from lists of CPUs.
struct MadeUpCPUs {
    var cores: [[Int]]
    var caches: [[Int]] = []
    var nodes: [Int: [Int]] = [:]
    var packageOf: (Int) -> Int = { _ in 0 }
    var online: String?
    /// The cache folder that is the third-level one.
    var cacheIndex = 3

    var files: [String: String] {
        let cpu = "sys/devices/system/cpu"
        let all = cores.flatMap { $0 }
        var files: [String: String] = [:]
        files["\(cpu)/online"] = online ?? text(all.sorted())
        for core in cores {
            for number in core {
                files["\(cpu)/cpu\(number)/topology/core_cpus_list"] = text(core)
                files["\(cpu)/cpu\(number)/topology/physical_package_id"] =
                    String(packageOf(number))
            }
        }
        for cache in caches {
            for number in cache {
                let folder = "\(cpu)/cpu\(number)/cache"
                files["\(folder)/index0/level"] = "1"
                files["\(folder)/index0/shared_cpu_list"] = String(number)
                files["\(folder)/index\(cacheIndex)/level"] = "3"
                files["\(folder)/index\(cacheIndex)/shared_cpu_list"] = text(cache)
            }
        }
        for (node, members) in nodes {
            let folder = "sys/devices/system/node/node\(node)"
            files["\(folder)/cpulist"] = text(members)
            files["\(folder)/meminfo"] = "Node \(node) MemTotal: \((node + 1) * 1024) kB"
        }
        return files
    }

    private func text(_ numbers: [Int]) -> String {
        numbers.map(String.init).joined(separator: ",")
    }
}
