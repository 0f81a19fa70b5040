import MQTT
import Testing

@Suite struct AcknowledgementQueueTests {
    /// An object, as expectations cannot change values.
    private final class Queue {
        private var queue = AcknowledgementQueue()

        var count: Int { queue.count }
        var bytes: Int { queue.bytes }
        var isFull: Bool { queue.isFull }

        func add(_ id: UInt16, size: Int) -> UInt32 { queue.add(id, size: size) }
        func finish(_ number: UInt32) { queue.finish(number) }
        func next() -> UInt16? { queue.next() }

        func drain() -> [UInt16] {
            var ids: [UInt16] = []
            while let id = next() { ids.append(id) }
            return ids
        }
    }

    @Test func `acknowledgements leave in the order of the publishes [MQTT-4_6_0-2]`() {
        let queue = Queue()
        let numbers = (1...5).map { queue.add(UInt16($0 * 10), size: 100) }
        queue.finish(numbers[2])
        queue.finish(numbers[1])
        #expect(queue.drain() == [] && queue.count == 5 && queue.bytes == 500)
        queue.finish(numbers[0])
        #expect(queue.drain() == [10, 20, 30] && queue.count == 2 && queue.bytes == 200)
        queue.finish(numbers[4])
        queue.finish(numbers[3])
        #expect(queue.drain() == [40, 50] && queue.count == 0 && queue.bytes == 0)
    }

    @Test func `a publish of QoS 0 takes a place and gets no answer`() {
        let queue = Queue()
        let numbers = [0, 7, 0].map { queue.add($0, size: 1) }
        queue.finish(numbers[1])
        #expect(queue.drain() == [])
        queue.finish(numbers[0])
        #expect(queue.drain() == [7])
        queue.finish(numbers[2])
        #expect(queue.drain() == [] && queue.count == 0)
    }

    @Test func `one identifier may be under way twice`() {
        let queue = Queue()
        for number in [queue.add(3, size: 1), queue.add(3, size: 1)] { queue.finish(number) }
        #expect(queue.drain() == [3, 3])
    }

    @Test func `it is full with 256 publishes, or 256 KB`() {
        let queue = Queue()
        for id in 1...255 as ClosedRange<UInt16> { _ = queue.add(id, size: 1) }
        #expect(!queue.isFull)
        let last = queue.add(256, size: 1)
        #expect(queue.isFull)
        queue.finish(last)
        #expect(queue.isFull && queue.next() == nil)
        let large = Queue()
        _ = large.add(1, size: 262_143)
        #expect(!large.isFull)
        _ = large.add(2, size: 1)
        #expect(large.isFull)
    }

    @Test func `numbers that are not under way mean nothing`() {
        let queue = Queue()
        queue.finish(0)
        let number = queue.add(1, size: 1)
        queue.finish(number &+ 1)
        queue.finish(number &- 1)
        #expect(queue.next() == nil)
        queue.finish(number)
        #expect(queue.next() == 1)
        queue.finish(number)
        _ = queue.add(2, size: 1)
        #expect(queue.next() == nil)
    }

    @Test func `it goes round and grows without losing the order`() {
        let queue = Queue()
        var numbers: [UInt32] = []
        var expected: UInt16 = 1
        var id: UInt16 = 0
        for step in 0..<3000 {
            id = id % 60_000 + 1
            numbers.append(queue.add(id, size: 10))
            guard step % 7 == 0 else { continue }
            for number in numbers.reversed().dropFirst(step % 5) { queue.finish(number) }
            numbers = Array(numbers.suffix(step % 5))
            while let next = queue.next() {
                #expect(next == expected)
                expected = expected % 60_000 + 1
            }
        }
        #expect(queue.count == Int(id) - Int(expected) + 1)
    }
}
