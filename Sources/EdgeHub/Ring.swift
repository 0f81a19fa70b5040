/// A queue: elements go in at the end and out at the front, each in constant time.
struct Ring<Element> {
    private var slots: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    var first: Element? { count == 0 ? nil : slots[head] }

    mutating func append(_ element: Element) {
        if count == slots.count { grow() }
        slots[(head + count) % slots.count] = element
        count += 1
    }

    mutating func removeFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[head]
        slots[head] = nil
        head = (head + 1) % slots.count
        count -= 1
        if count == 0 && slots.count > 64 { self = Ring() }
        return element
    }

    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(max(4, 2 * count))
        for offset in 0..<count { larger.append(slots[(head + offset) % slots.count]) }
        while larger.count < max(4, 2 * count) { larger.append(nil) }
        slots = larger
        head = 0
    }
}
