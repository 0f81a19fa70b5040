import Testing

@testable import EdgeHub

@Suite struct OutboxTests {
    private let lane = Lane(
        endpoint: .upstream, priority: 0, inbox: Inbox(limit: 100, acceptsWhenTaken: true), disk: nil)

    private func stored(_ sequence: Int64, bytes: Int = 10) -> StoredMessage {
        StoredMessage(sequence: sequence, message: nil, bytes: bytes, enqueuedMs: 0, expires: 0)
    }

    @Test func `each receipt counts once, in any order, and none that was not given`() {
        var outbox = Outbox()
        let receipts = (1...5).map { outbox.add(lane, stored($0)) }
        #expect(receipts == [1, 2, 3, 4, 5])
        #expect(outbox.take(3)?.stored.sequence == 3)
        #expect(outbox.take(3) == nil)
        #expect(outbox.take(1)?.stored.sequence == 1)
        #expect(outbox.take(0) == nil)
        #expect(outbox.take(6) == nil)
        #expect(outbox.take(.max) == nil)
        #expect((outbox.count, outbox.bytes) == (3, 30))
        #expect(outbox.add(lane, stored(6)) == 6)
        #expect(outbox.removeAll().map(\.stored.sequence) == [2, 4, 5, 6])
        #expect((outbox.count, outbox.bytes) == (0, 0))
        // A late receipt of those is none of the next.
        #expect(outbox.add(lane, stored(7)) == 7)
        #expect(outbox.take(2) == nil)
        #expect(outbox.take(7)?.stored.sequence == 7)
    }

    @Test func `it is full of messages, of bytes, or of receipts that came out of order`() {
        var outbox = Outbox()
        for number in 1...256 { _ = outbox.add(lane, stored(Int64(number))) }
        #expect(outbox.isFull)
        #expect(outbox.take(5) != nil)
        #expect(!outbox.isFull && !outbox.hasRoom)
        for receipt in 6...200 as ClosedRange<UInt64> { _ = outbox.take(receipt) }
        #expect(outbox.hasRoom)
        _ = outbox.removeAll()
        #expect(outbox.hasRoom)
        let receipt = outbox.add(lane, stored(1, bytes: 262_144))
        #expect(outbox.isFull)
        _ = outbox.take(receipt)
        #expect(!outbox.isFull)
        // The oldest is never taken.
        _ = outbox.add(lane, stored(2))
        var count = 0
        while !outbox.isFull {
            _ = outbox.take(outbox.add(lane, stored(3)))
            count += 1
        }
        #expect(count == 4095)
    }

    @Test(arguments: 1...30) func `what is left is what was given and not taken, whatever happens`(seed: Int) {
        var random = SplitMix(UInt64(seed))
        var outbox = Outbox()
        var out: [UInt64: Int64] = [:]
        for step in 1...2000 {
            if random.next() % 2 == 0 {
                out[outbox.add(lane, stored(Int64(step)))] = Int64(step)
            } else if let receipt = out.keys.sorted().dropFirst(Int(random.next() % 4)).first {
                #expect(outbox.take(receipt)?.stored.sequence == out.removeValue(forKey: receipt))
            }
            if random.next() % 500 == 0 {
                #expect(outbox.removeAll().map(\.stored.sequence) == out.values.sorted())
                out = [:]
            }
            #expect(outbox.count == out.count)
            #expect(outbox.bytes == 10 * out.count)
        }
    }
}
