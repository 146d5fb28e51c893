/// What is held of GPUs that are shared, each GPU once, in ascending order.
struct GPUParts: Equatable, Sendable {
    /// What is held of one GPU.
    struct Part: Equatable {
        var gpu: Int
        /// Bytes of its memory, more than 0.
        var held: Int64
        /// All its memory.
        var total: Int64
    }

    private var parts: [Part] = []

    init(_ parts: [Part] = []) {
        self.parts = parts.sorted { $0.gpu < $1.gpu }
    }

    var isEmpty: Bool { parts.isEmpty }

    /// The GPUs that are shared.
    var gpus: GPUSet { GPUSet(parts.lazy.map(\.gpu)) }

    /// Those with room for so many bytes more.
    func roomy(for bytes: Int64) -> GPUSet {
        GPUSet(parts.lazy.filter { bytes <= $0.total - $0.held }.map(\.gpu))
    }

    /// The parts of some GPUs.
    func intersection(_ gpus: GPUSet) -> GPUParts {
        GPUParts(parts.filter { gpus.contains($0.gpu) })
    }

    /// Of some GPUs there is nothing any more.
    mutating func remove(_ gpus: GPUSet) {
        guard !parts.isEmpty, !gpus.isEmpty else { return }
        parts.removeAll { gpus.contains($0.gpu) }
    }

    /// More is held of a GPU; of one that is neither shared nor free, nothing is.
    mutating func hold(_ part: Part, isFree: Bool) {
        if let place = parts.firstIndex(where: { $0.gpu == part.gpu }) {
            parts[place].held += part.held
        } else if isFree {
            parts.insert(part, at: parts.firstIndex { $0.gpu > part.gpu } ?? parts.count)
        }
    }

    /// Less is held of a GPU; true where nothing is any more.
    mutating func release(_ part: Part) -> Bool {
        guard let place = parts.firstIndex(where: { $0.gpu == part.gpu }) else { return false }
        parts[place].held -= part.held
        guard parts[place].held <= 0 else { return false }
        parts.remove(at: place)
        return true
    }

    /// What is shared in two views of the same GPUs, each with those that are free whole there: of
    /// a GPU the larger part counts, and one of which either has nothing is left out.
    func meeting(_ whole: GPUSet, _ other: GPUParts, _ otherWhole: GPUSet) -> GPUParts {
        guard !isEmpty || !other.isEmpty else { return self }
        var result = intersection(otherWhole)
        for part in other {
            if whole.contains(part.gpu) {
                result.parts.append(part)
            } else if let own = parts.first(where: { $0.gpu == part.gpu }) {
                result.parts.append(own.held > part.held ? own : part)
            }
        }
        return GPUParts(result.parts)
    }
}

extension GPUParts: Sequence {
    func makeIterator() -> IndexingIterator<[Part]> { parts.makeIterator() }
}
