/// The type by which requests name a GPU, made from the name that its maker gives it.
///
/// `NVIDIA A100-SXM4-40GB` is `a100`, `NVIDIA GeForce RTX 3090` is `rtx_3090`: the model in lower
/// case, without the maker, the series, the form of the card and the size of its memory. A part of
/// a divided GPU has its profile too, as in `a100_1g.5gb`.
enum GPUTypeName {
    private static let noise: Set<Substring> = [
        "nvidia", "geforce", "tesla", "quadro", "grid", "graphics", "device", "gpu", "generation",
        "edition", "laptop", "pcie", "nvl", "hbm2", "hbm2e", "hbm3", "hbm3e", "mig", "amd", "ati",
        "radeon", "instinct",
    ]

    /// The type for a maker's name; `gpu` where nothing of the name is left.
    static func type(ofProduct name: String) -> String {
        let words = name.lowercased().split { " -_()[]:,".contains($0) }.filter { word in
            !noise.contains(word) && !isMemorySize(word) && !isSocket(word)
        }
        return words.isEmpty ? "gpu" : words.joined(separator: "_")
    }

    private static func isMemorySize(_ word: Substring) -> Bool {
        word.hasSuffix("gb") && word.dropLast(2).allSatisfy(\.isNumber)
    }

    private static func isSocket(_ word: Substring) -> Bool {
        (word.hasPrefix("sxm") || word.hasPrefix("oam"))
            && word.dropFirst(3).allSatisfy(\.isNumber)
    }
}
