/// A binary heap: the smallest element is first.
public struct Heap<Element: Comparable> {
    /// In no order to rely on.
    @usableFromInline var elements: [Element]

    /// A heap of these elements, made in O(n).
    @inlinable
    public init(_ elements: [Element] = []) {
        self.elements = elements
        for place in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(place) }
    }

    /// The smallest; nil where there is none.
    @inlinable public var first: Element? { elements.first }

    /// How many elements there are.
    @inlinable public var count: Int { elements.count }

    /// Adds an element in O(log n).
    @inlinable
    public mutating func insert(_ element: Element) {
        elements.append(element)
        var place = elements.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard elements[place] < elements[parent] else { return }
            elements.swapAt(place, parent)
            place = parent
        }
    }

    /// Takes out the first, which must be there.
    @discardableResult
    @inlinable
    public mutating func removeFirst() -> Element {
        elements.swapAt(0, elements.count - 1)
        let first = elements.removeLast()
        sink(0)
        return first
    }

    /// Puts another in place of the first, which must be there.
    @inlinable
    public mutating func replaceFirst(by element: Element) {
        elements[0] = element
        sink(0)
    }

    @inlinable
    mutating func sink(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in 2 * place + 1...2 * place + 2
            where child < elements.count && elements[child] < elements[least] {
                least = child
            }
            guard least != place else { return }
            elements.swapAt(place, least)
            place = least
        }
    }
}

extension Heap: Sendable where Element: Sendable {}
