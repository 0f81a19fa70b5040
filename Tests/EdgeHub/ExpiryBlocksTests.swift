import Testing

@testable import EdgeHub

@Suite struct ExpiryBlocksTests {
    @Test func `what is too old is found in few blocks, however long the queue`() {
        var blocks = ExpiryBlocks()
        // Two kinds of messages alternate: one is too old after 1000, the other after 100,000.
        for sequence in 1...100_000 as ClosedRange<Int64> {
            blocks.append(sequence, expires: sequence + (sequence % 2 == 0 ? 1000 : 100_000))
        }
        #expect(blocks.earliest == 1002)
        #expect(blocks.blocks.count < 100)
        let due = blocks.blocks.filter { $0.earliest <= 1500 }
        #expect(due.count == 1)
    }

    @Test func `blocks are bounded, and cover the queue without a gap`() {
        var blocks = ExpiryBlocks()
        for sequence in 1...3_000_000 as ClosedRange<Int64> { blocks.append(sequence, expires: sequence) }
        #expect(blocks.blocks.count <= 1024)
        #expect(blocks.blocks.first?.first == 1)
        #expect(blocks.blocks.last?.last == 3_000_000)
        for (block, next) in zip(blocks.blocks, blocks.blocks.dropFirst()) {
            #expect(block.last + 1 == next.first)
            #expect(block.earliest == block.first)
        }
        blocks.forget(before: 2_900_000)
        #expect(blocks.blocks.first.map { $0.last >= 2_900_000 } == true)
        blocks.forget(before: 3_000_001)
        #expect(blocks == ExpiryBlocks())
        #expect(blocks.earliest == QueueTotals.never)
    }
}
