import JSON
import Messages
import SQLite

/// Messages that come and go. All of it inside a transaction.
extension StateDatabase {
    /// Messages that one sweep looks at, or that go at one time of a queue that goes: some milliseconds.
    private static let atOneTime = 8192

    func insert(_ arrivals: StateBatch.Arrivals, _ touched: inout [Int64: StoredQueue]) throws(SQLiteError) {
        let id = arrivals.queue.id
        var queue = touched[id] ?? queues[id] ?? StoredQueue(totals: arrivals.queue)
        var skipped = 0
        if let limit = arrivals.limit { skipped = try makeRoom(arrivals, limit, &queue) }
        let row = try statement("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)")
        for arrival in arrivals.messages.dropFirst(skipped) {
            try row.bind(1, MessageKey.key(id, arrival.sequence))
            try row.bind(2, arrival.ticks)
            try row.bind(3, arrival.expires)
            try row.bind(4, arrival.enqueuedMs)
            try row.bind(5, Int64(arrival.bytes))
            let size = MessageCodec.size(of: arrival.message)
            let bytes = scratch(size)
            if let base = bytes.baseAddress { MessageCodec.write(arrival.message, to: base) }
            try row.run(6, blob: UnsafeRawBufferPointer(rebasing: bytes[..<size]))
            if queue.totals.length == 0 {
                queue.totals.firstSequence = arrival.sequence
                queue.totals.oldestTicks = arrival.ticks
            }
            queue.totals.length += 1
            queue.totals.bytes &+= arrival.bytes
            queue.totals.lastSequence = arrival.sequence
            queue.expiries.append(arrival.sequence, expires: arrival.expires > 0 ? arrival.expires : QueueTotals.never)
        }
        touched[id] = queue
    }

    /// The oldest go for those that come, but for what a module has.
    /// - Returns: how many of those that come find no room all the same.
    private func makeRoom(
        _ arrivals: StateBatch.Arrivals, _ limit: QueueUsage, _ queue: inout StoredQueue
    ) throws(SQLiteError) -> Int {
        var over = queue.totals.usage
        over.bytes &-= limit.bytes
        over.count &-= limit.count
        for arrival in arrivals.messages {
            over.bytes &+= arrival.bytes
            over.count += 1
        }
        guard over.bytes > 0 || over.count > 0 else { return 0 }
        var last: Int64 = 0
        let rows = try statement("SELECT key, bytes FROM messages WHERE key > ? AND key <= ? ORDER BY key")
        let id = queue.totals.id
        let first = max(arrivals.handedOut, 0)
        try rows.bind(1, MessageKey.key(id, first))
        try rows.bind(2, MessageKey.key(id, MessageKey.lastSequence))
        do {
            defer { rows.reset() }
            while over.bytes > 0 || over.count > 0, try rows.step() {
                last = MessageKey.sequence(rows.integer(0))
                over.bytes -= StateDatabase.messageSize(rows.integer(1))
                over.count -= 1
            }
        }
        if last > first { queue.totals.dropped.full += UInt64(try delete(first + 1, last, &queue)) }
        var skipped = 0
        while (over.bytes > 0 || over.count > 0) && skipped < arrivals.messages.count - 1 {
            over.bytes -= arrivals.messages[skipped].bytes
            over.count -= 1
            skipped += 1
            queue.totals.dropped.full += 1
        }
        return skipped
    }

    func remove(_ removal: StateBatch.Removal, _ touched: inout [Int64: StoredQueue]) throws(SQLiteError) {
        guard var queue = touched[removal.queue] ?? queues[removal.queue] else { return }
        // They may have gone for newer ones meanwhile.
        let count = try delete(removal.first, removal.last, &queue)
        if removal.isExpired { queue.totals.dropped.expired += UInt64(count) }
        touched[removal.queue] = queue
    }

    /// - Returns: how many there were.
    private func delete(_ first: Int64, _ last: Int64, _ queue: inout StoredQueue) throws(SQLiteError) -> Int {
        let (low, high) = (MessageKey.key(queue.totals.id, first), MessageKey.key(queue.totals.id, last))
        let sum = try statement("SELECT count(*), total(bytes) FROM messages WHERE key BETWEEN ? AND ?")
        try sum.bind(1, low)
        try sum.bind(2, high)
        defer { sum.reset() }
        guard try sum.step() else { return 0 }
        let (count, bytes) = (Int(clamping: sum.integer(0)), StateDatabase.size(sum.integer(1)))
        sum.reset()
        guard count > 0 else { return 0 }
        let rows = try statement("DELETE FROM messages WHERE key BETWEEN ? AND ?")
        try rows.bind(1, low)
        try rows.bind(2, high)
        try rows.run()
        queue.totals.length = max(0, queue.totals.length - count)
        queue.totals.bytes = max(0, queue.totals.bytes - bytes)
        // Looked for when the row of the queue is written.
        if first <= queue.totals.firstSequence { queue.totals.firstSequence = 0 }
        return count
    }

    /// What is too old goes, as much of it as is looked at at one time.
    func sweep(_ sweep: StateBatch.Sweep, _ touched: inout [Int64: StoredQueue]) throws(SQLiteError) {
        guard var queue = touched[sweep.queue] ?? queues[sweep.queue] else { return }
        var (kept, gone): (ExpiryBlocks, [(first: Int64, last: Int64)]) = (ExpiryBlocks(), [])
        var blocks: [ExpiryBlocks.Block] = []
        var left = StateDatabase.atOneTime
        for var block in queue.expiries.blocks where block.last > sweep.handedOut {
            block.first = max(block.first, sweep.handedOut + 1)
            guard block.earliest <= sweep.ticks, left > 0 else {
                blocks.append(block)
                continue
            }
            kept = ExpiryBlocks()
            let seen = try look(block, sweep, &left, &kept, &gone)
            blocks += kept.blocks
            if let seen, seen < block.last {
                blocks.append(ExpiryBlocks.Block(first: seen + 1, last: block.last, earliest: block.earliest))
            }
        }
        queue.expiries.replace(with: blocks)
        for range in gone { queue.totals.dropped.expired += UInt64(try delete(range.first, range.last, &queue)) }
        touched[sweep.queue] = queue
    }

    /// - Returns: the last message that was looked at; nil: all.
    private func look(
        _ block: ExpiryBlocks.Block, _ sweep: StateBatch.Sweep, _ left: inout Int, _ kept: inout ExpiryBlocks,
        _ gone: inout [(first: Int64, last: Int64)]
    ) throws(SQLiteError) -> Int64? {
        let rows = try statement("SELECT key, expires FROM messages WHERE key BETWEEN ? AND ? ORDER BY key")
        try rows.bind(1, MessageKey.key(sweep.queue, block.first))
        try rows.bind(2, MessageKey.key(sweep.queue, block.last))
        defer { rows.reset() }
        var isAfterKept = true
        while try rows.step() {
            let (sequence, expires) = (MessageKey.sequence(rows.integer(0)), rows.integer(1))
            if expires > 0 && expires <= sweep.ticks {
                if isAfterKept || gone.isEmpty { gone.append((first: sequence, last: sequence)) }
                gone[gone.count - 1].last = sequence
                isAfterKept = false
            } else {
                kept.append(sequence, expires: expires > 0 ? expires : QueueTotals.never)
                isAfterKept = true
            }
            left -= 1
            if left == 0 { return sequence }
        }
        return nil
    }

    /// A piece of a queue that goes.
    /// - Returns: whether that was all of it.
    func drop(_ id: Int64) throws(SQLiteError) -> Bool {
        let (low, high) = (MessageKey.key(id, 0), MessageKey.key(id, MessageKey.lastSequence))
        let end = try statement("SELECT key FROM messages WHERE key BETWEEN ? AND ? ORDER BY key LIMIT 1 OFFSET ?")
        try end.bind(1, low)
        try end.bind(2, high)
        try end.bind(3, Int64(StateDatabase.atOneTime))
        defer { end.reset() }
        let hasMore = try end.step()
        let last = hasMore ? end.integer(0) : high
        end.reset()
        let rows = try statement("DELETE FROM messages WHERE key BETWEEN ? AND ?")
        try rows.bind(1, low)
        try rows.bind(2, last)
        try rows.run()
        guard !hasMore else { return false }
        let row = try statement("DELETE FROM queues WHERE id = ?")
        try row.bind(1, id)
        try row.run()
        return true
    }

    /// The messages of this run count as having come later: their time goes on as it was.
    func shift(_ ms: Int64, _ touched: [Int64: StoredQueue]) throws(SQLiteError) {
        let rows = try statement(
            """
            UPDATE messages SET ticks = ticks + ?1, expires = CASE WHEN expires > 0 THEN expires + ?1 ELSE 0 END
            WHERE key > ?2 AND key <= ?3
            """)
        var ids = Array(queues.keys)
        for id in touched.keys where queues[id] == nil { ids.append(id) }
        for id in ids {
            try rows.bind(1, ms)
            try rows.bind(2, MessageKey.key(id, opened[id] ?? 0))
            try rows.bind(3, MessageKey.key(id, MessageKey.lastSequence))
            try rows.run()
        }
    }

    /// What the row of a message says of its bytes, which may be damaged: no sum of a few hundred of them is beyond an Int of 32 bits.
    static func messageSize(_ stored: Int64) -> Int { min(max(0, Int(clamping: stored)), 1 << 22) }

    /// Likewise of many messages.
    static func size(_ stored: Int64) -> Int { min(max(0, Int(clamping: stored)), HubLimits.largestQueueBytes) }
}
