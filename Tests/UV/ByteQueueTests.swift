import Testing
import UV

@Suite struct ByteQueueTests {
    @Test func `bytes come out as they went in, whatever the sizes`() {
        let queue = ByteQueue()
        var expected: [UInt8] = []
        var next: UInt8 = 0
        for round in 1...2000 {
            let size = round * 7919 % 3001
            let bytes = (0..<size).map { _ in
                next &+= 1
                return next
            }
            bytes.withUnsafeBytes { queue.append($0) }
            expected += bytes
            let taken = min(round * 104_729 % 3500, queue.count)
            #expect(queue.bytes.prefix(taken).elementsEqual(expected.prefix(taken)))
            queue.removeFirst(taken)
            expected.removeFirst(taken)
            #expect(queue.count == expected.count)
        }
        #expect(queue.bytes.elementsEqual(expected))
        queue.removeAll()
        #expect(queue.isEmpty)
    }

    @Test func `bytes are written in place, changed and taken off again`() {
        let queue = ByteQueue()
        queue.room(for: 6).copyMemory(from: [1, 2, 3, 4, 5, 6] as [UInt8], byteCount: 6)
        queue.grow(by: 6)
        queue.set(1, 0x0908_0706)
        #expect(queue.bytes.elementsEqual([1, 6, 7, 8, 9, 6]))
        queue.removeLast(5)
        #expect(queue.bytes.elementsEqual([1]))
    }
}
