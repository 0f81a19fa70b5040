/// A queue: elements go in at the end and out at the front, each in constant time.
struct Ring<Element> {
    /// As many as a power of two, or none.
    private var slots: [Element?] = []
    private var head = 0
    private(set) var count = 0

    private static var smallest: Int { 4 }
    /// Of an empty queue: what is more is given back. As many as the hub delivers in one turn, so that steady traffic allocates none.
    private static var kept: Int { 256 }

    var isEmpty: Bool { count == 0 }

    var first: Element? { count == 0 ? nil : slots[head] }

    mutating func append(_ element: consuming Element) {
        if count == slots.count { grow() }
        slots[(head &+ count) & (slots.count &- 1)] = element
        count &+= 1
    }

    /// Counted from the front; must be there.
    subscript(index: Int) -> Element? {
        get { slots[(head &+ index) & (slots.count &- 1)] }
        set { slots[(head &+ index) & (slots.count &- 1)] = newValue }
    }

    /// Puts an element before all others.
    mutating func prepend(_ element: consuming Element) {
        if count == slots.count { grow() }
        head = (head &- 1) & (slots.count &- 1)
        slots[head] = element
        count &+= 1
    }

    mutating func removeFirst() -> Element? {
        guard count > 0 else { return nil }
        // Moved out, not copied: nothing is retained and released for it.
        let element = slots[head].take()
        head = (head &+ 1) & (slots.count &- 1)
        count &-= 1
        if count == 0 && slots.count > Self.kept { self = Ring() }
        return element
    }

    private mutating func grow() {
        var larger: [Element?] = []
        let size = max(Self.smallest, 2 * count)
        larger.reserveCapacity(size)
        while let element = removeFirst() { larger.append(element) }
        count = larger.count
        while larger.count < size { larger.append(nil) }
        slots = larger
        head = 0
    }
}
