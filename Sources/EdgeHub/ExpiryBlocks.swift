/// Where in a queue on disk messages are that become too old: of each piece of the queue, the earliest of their times. A queue of messages
/// with different times is searched only there.
struct ExpiryBlocks: Sendable, Equatable {
    /// Messages from one place in the queue to another.
    struct Block: Sendable, Equatable {
        var first: Int64
        var last: Int64
        /// No message in it is too old before these ticks.
        var earliest: Int64
    }

    private static let mostBlocks = 1024
    private(set) var blocks: [Block] = []
    /// Places in one block; more in a queue that is longer.
    private var span: Int64 = 1024

    /// Of all blocks, or earlier.
    private(set) var earliest = QueueTotals.never

    init() {}

    /// Of a queue of which only this is known.
    init(first: Int64, last: Int64, earliest: Int64) {
        guard first <= last else { return }
        blocks = [Block(first: first, last: last, earliest: earliest)]
        self.earliest = earliest
    }

    /// - Parameter expires: never: `QueueTotals.never`.
    mutating func append(_ sequence: Int64, expires: Int64) {
        earliest = min(earliest, expires)
        if let last = blocks.indices.last, sequence &- blocks[last].first < span {
            blocks[last].last = sequence
            blocks[last].earliest = min(blocks[last].earliest, expires)
            return
        }
        blocks.append(Block(first: sequence, last: sequence, earliest: expires))
        if blocks.count > ExpiryBlocks.mostBlocks { merge() }
    }

    /// Two and two.
    private mutating func merge() {
        span *= 2
        var merged: [Block] = []
        for (index, block) in blocks.enumerated() {
            if index % 2 == 0 {
                merged.append(block)
            } else {
                merged[merged.count - 1].last = block.last
                merged[merged.count - 1].earliest = min(merged[merged.count - 1].earliest, block.earliest)
            }
        }
        blocks = merged
    }

    /// What is before this place is gone.
    mutating func forget(before first: Int64) {
        var gone = 0
        while gone < blocks.count && blocks[gone].last < first { gone += 1 }
        if gone > 0 { blocks.removeFirst(gone) }
        if blocks.isEmpty { self = ExpiryBlocks() }
    }

    /// These take the place of the ones that are here.
    mutating func replace(with blocks: [Block]) {
        self.blocks = blocks
        earliest = QueueTotals.never
        for block in blocks { earliest = min(earliest, block.earliest) }
        while self.blocks.count > ExpiryBlocks.mostBlocks { merge() }
    }
}
