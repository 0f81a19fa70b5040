import Testing

@testable import EdgeHub

@Suite struct RingTests {
    @Test func `elements come out in the order they went in, while it grows and wraps`() {
        var ring = Ring<Int>()
        var (next, expected) = (0, 0)
        for round in 1...200 {
            for _ in 0..<(round % 7) {
                ring.append(next)
                next += 1
            }
            for _ in 0..<(round % 5) {
                guard let element = ring.removeFirst() else { continue }
                #expect(element == expected)
                expected += 1
            }
            #expect(ring.count == next - expected)
            #expect(ring.first == (ring.isEmpty ? nil : expected))
        }
    }

    @Test func `an element that is out is released`() {
        final class Element {}
        var ring = Ring<Element>()
        ring.append(Element())
        weak let element = ring.first
        #expect(element != nil)
        _ = ring.removeFirst()
        #expect(element == nil)
    }
}
