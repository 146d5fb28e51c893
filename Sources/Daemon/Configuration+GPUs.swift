internal import JobModel
internal import TOMLKit

extension ConfigurationEntry {
    /// The list of GPUs, [[gpu]].
    func gpus() throws -> [Configuration.GPU] {
        guard let list = value.array else { throw expected(Self.gpuWords) }
        let gpus = try list.map { element in
            guard let table = element.table else { throw expected(Self.gpuWords) }
            return try gpu(table)
        }
        for (number, gpu) in gpus.enumerated() {
            for other in gpu.nvlinks where other == number || !gpus.indices.contains(other) {
                throw mistake(
                    "nvlink: \(other) is no other GPU; they are numbered from 0 to \(gpus.count - 1)"
                )
            }
        }
        var known: Set<String> = []
        for uuid in gpus.compactMap(\.uuid) where !known.insert(uuid).inserted {
            throw mistake("uuid: each GPU has one of its own, but '\(uuid)' stands twice")
        }
        return gpus
    }

    private static let gpuWords =
        "a list of tables [[gpu]] with 'type', and \(others.map { "'\($0)'" }.joined(separator: ", "))"
        + " if you like"

    /// The keys of a GPU that may be left out.
    private static let others = ["memory", "uuid", "node", "bridge", "switch", "nvlink"]

    private func mistake(_ words: String) -> ConfigurationError {
        ConfigurationError(file, line: line, "[[gpu]]: \(words)")
    }

    private func gpu(_ table: TOMLTable) throws -> Configuration.GPU {
        guard let type = table["type"]?.string else { throw expected(Self.gpuWords) }
        if let unknown = table.keys.first(where: { $0 != "type" && !Self.others.contains($0) }) {
            throw mistake("there is no key '\(unknown)'")
        }
        let bridge = try number("bridge", of: table)
        let pciSwitch = try number("switch", of: table)
        return Configuration.GPU(
            type: type.lowercased(),
            uuid: table["uuid"]?.string,
            memory: try table["memory"].map { try entry("memory", $0).memory() },
            node: try number("node", of: table),
            path: Self.path(bridge: bridge, switch: pciSwitch),
            nvlinks: try nvlinks(of: table)
        )
    }

    private func entry(
        _ key: String,
        _ value: any TOMLValueConvertible
    ) -> ConfigurationEntry {
        ConfigurationEntry(file: file, line: line, key: "gpu.\(key)", value: value)
    }

    private func number(_ key: String, of table: TOMLTable) throws -> Int? {
        try table[key].map { try entry(key, $0).integer(in: 0...65_535) }
    }

    /// GPUs behind one switch are behind one host bridge, too.
    private static func path(bridge: Int?, switch pciSwitch: Int?) -> [String] {
        guard let pciSwitch else { return bridge.map { ["bridge \($0)"] } ?? [] }
        return [
            "bridge \(bridge.map(String.init) ?? "of switch \(pciSwitch)")", "switch \(pciSwitch)",
        ]
    }

    private func nvlinks(of table: TOMLTable) throws -> [Int] {
        guard let value = table["nvlink"] else { return [] }
        let words = "a list of numbers of other GPUs, such as [1], one for each link"
        let entry = entry("nvlink", value)
        guard let list = value.array else { throw entry.expected(words) }
        return try list.map { element in
            guard let number = element.int else { throw entry.expected(words) }
            return number
        }
    }
}
