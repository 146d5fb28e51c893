import JobModel

/// Search trees over slots, each in the order of the candidates' keys, every node knowing the
/// least estimate and the least limit below it.
///
/// Those minima find "the first in order that ends in time" in O(log n), which is what backfill
/// asks all day and what the ordered collections to be had cannot answer; hence a tree of our own.
/// It is a treap (Seidel, Aragon, Algorithmica 1996): the weight comes from the candidate's id, so
/// the same candidates always make the same tree. All trees share one array of nodes and are
/// named by their root, so that an empty tree costs nothing.
struct EstimateForest {
    /// A place in the array of nodes, and with it a tree: the one below that node.
    typealias Slot = Int32

    /// The slot of nobody, and the empty tree.
    static let none: Slot = -1

    /// How long a candidate takes, in remaining seconds; ``Seconds/unknown`` where nobody knows.
    struct Length: Equatable {
        /// What is expected.
        var estimate: Int32
        /// What it cannot outlive.
        var limit: Int32

        fileprivate mutating func lower(to other: Length) {
            estimate = min(estimate, other.estimate)
            limit = min(limit, other.limit)
        }
    }

    /// Which of a candidate's lengths counts.
    enum Measure {
        case estimate
        case limit
    }

    private struct Node {
        var key: OrderKey
        var length: Length
        var least: Length
        var left = EstimateForest.none
        var right = EstimateForest.none
    }

    private var nodes: [Node] = []

    /// Fills a slot that is in no tree: one in use before, or the one after the last.
    mutating func fill(_ slot: Slot, key: OrderKey, length: Length) {
        let node = Node(key: key, length: length, least: length)
        if Int(slot) == nodes.count {
            nodes.append(node)
        } else {
            nodes[Int(slot)] = node
        }
    }

    func key(of slot: Slot) -> OrderKey { nodes[Int(slot)].key }

    func length(of slot: Slot) -> Length { nodes[Int(slot)].length }

    /// The first in order; ``none`` in an empty tree.
    func first(in root: Slot) -> Slot {
        var found = Self.none
        var slot = root
        while slot != Self.none {
            found = slot
            slot = nodes[Int(slot)].left
        }
        return found
    }

    /// The first in order whose length is not above the bound; ``none`` where there is none.
    ///
    /// ``Seconds/unknown`` bounds nothing.
    func first(in root: Slot, atMost bound: Int32, by measure: Measure) -> Slot {
        switch measure {
        case .estimate: first(in: root) { $0.estimate <= bound }
        case .limit: first(in: root) { $0.limit <= bound }
        }
    }

    /// The first in order behind a key whose length is not above the bound.
    ///
    /// ``none`` where there is none. O(log n).
    func first(in root: Slot, behind key: OrderKey, atMost bound: Int32, by measure: Measure)
        -> Slot
    {
        switch measure {
        case .estimate: first(in: root, behind: key) { $0.estimate <= bound }
        case .limit: first(in: root, behind: key) { $0.limit <= bound }
        }
    }

    private func first(
        in root: Slot,
        behind key: OrderKey,
        where isShort: (Length) -> Bool
    ) -> Slot {
        guard root != Self.none, isShort(nodes[Int(root)].least) else { return Self.none }
        let node = nodes[Int(root)]
        guard key < node.key else { return first(in: node.right, behind: key, where: isShort) }
        let found = first(in: node.left, behind: key, where: isShort)
        if found != Self.none { return found }
        return isShort(node.length) ? root : first(in: node.right, where: isShort)
    }

    private func first(in root: Slot, where isShort: (Length) -> Bool) -> Slot {
        guard root != Self.none, isShort(nodes[Int(root)].least) else { return Self.none }
        var slot = root
        while true {
            let node = nodes[Int(slot)]
            if node.left != Self.none, isShort(nodes[Int(node.left)].least) {
                slot = node.left
            } else if isShort(node.length) {
                return slot
            } else {
                slot = node.right
            }
        }
    }

    /// The first in order behind a key; ``none`` where there is none.
    func first(in root: Slot, behind key: OrderKey) -> Slot {
        var found = Self.none
        var slot = root
        while slot != Self.none {
            if key < nodes[Int(slot)].key {
                found = slot
                slot = nodes[Int(slot)].left
            } else {
                slot = nodes[Int(slot)].right
            }
        }
        return found
    }

    /// Puts a filled slot into a tree, whose new root is returned.
    ///
    /// O(log n).
    mutating func insert(_ slot: Slot, into root: Slot) -> Slot {
        guard root != Self.none else { return slot }
        let key = nodes[Int(slot)].key
        if isHeavier(slot, than: root) {
            let (left, right) = split(root, at: key)
            nodes[Int(slot)].left = left
            nodes[Int(slot)].right = right
            refresh(slot)
            return slot
        }
        if key < nodes[Int(root)].key {
            nodes[Int(root)].left = insert(slot, into: nodes[Int(root)].left)
        } else {
            nodes[Int(root)].right = insert(slot, into: nodes[Int(root)].right)
        }
        refresh(root)
        return root
    }

    /// Takes a slot out of the tree that it is in, whose new root is returned.
    ///
    /// O(log n).
    mutating func remove(_ slot: Slot, from root: Slot) -> Slot {
        precondition(root != Self.none, "the candidate is not in this tree")
        if slot == root {
            let rest = merge(nodes[Int(slot)].left, nodes[Int(slot)].right)
            nodes[Int(slot)].left = Self.none
            nodes[Int(slot)].right = Self.none
            refresh(slot)
            return rest
        }
        if nodes[Int(slot)].key < nodes[Int(root)].key {
            nodes[Int(root)].left = remove(slot, from: nodes[Int(root)].left)
        } else {
            nodes[Int(root)].right = remove(slot, from: nodes[Int(root)].right)
        }
        refresh(root)
        return root
    }

    private mutating func split(_ root: Slot, at key: OrderKey) -> (left: Slot, right: Slot) {
        guard root != Self.none else { return (Self.none, Self.none) }
        let result: (Slot, Slot)
        if nodes[Int(root)].key < key {
            let (left, right) = split(nodes[Int(root)].right, at: key)
            nodes[Int(root)].right = left
            result = (root, right)
        } else {
            let (left, right) = split(nodes[Int(root)].left, at: key)
            nodes[Int(root)].left = right
            result = (left, root)
        }
        refresh(root)
        return result
    }

    private mutating func merge(_ left: Slot, _ right: Slot) -> Slot {
        if left == Self.none { return right }
        if right == Self.none { return left }
        if isHeavier(left, than: right) {
            nodes[Int(left)].right = merge(nodes[Int(left)].right, right)
            refresh(left)
            return left
        }
        nodes[Int(right)].left = merge(left, nodes[Int(right)].left)
        refresh(right)
        return right
    }

    private mutating func refresh(_ slot: Slot) {
        let node = nodes[Int(slot)]
        var least = node.length
        if node.left != Self.none { least.lower(to: nodes[Int(node.left)].least) }
        if node.right != Self.none { least.lower(to: nodes[Int(node.right)].least) }
        nodes[Int(slot)].least = least
    }

    private func isHeavier(_ left: Slot, than right: Slot) -> Bool {
        weight(of: left) > weight(of: right)
    }

    /// The id's bits, stirred (SplitMix64's finaliser; Steele, Lea, Flood, OOPSLA 2014).
    private func weight(of slot: Slot) -> UInt64 {
        var bits = UInt64(bitPattern: nodes[Int(slot)].key.id.rawValue) &+ 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
