import JSON
import SQLite

/// The rows of queues.
extension StateDatabase {
    /// Inside a transaction.
    func write(_ id: Int64, _ touched: inout [Int64: StoredQueue], _ mark: TickClock.Mark) throws(SQLiteError) {
        guard var queue = touched[id] else { return }
        if queue.totals.firstSequence == 0 { try findOldest(&queue.totals) }
        if queue.totals.length == 0 { queue.expiries = ExpiryBlocks() } else { queue.expiries.forget(before: queue.totals.firstSequence) }
        queue.totals.nextExpiry = queue.expiries.earliest
        touched[id] = queue
        let totals = queue.totals
        let row = try statement("INSERT OR REPLACE INTO queues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        try row.bind(1, totals.id)
        try row.bind(2, totals.endpoint)
        try row.bind(3, Int64(totals.priority))
        try row.bind(4, Int64(totals.length))
        try row.bind(5, Int64(totals.bytes))
        try row.bind(6, totals.lastSequence)
        try row.bind(7, totals.nextExpiry)
        try row.bind(8, Int64(clamping: totals.dropped.full))
        try row.bind(9, Int64(clamping: totals.dropped.expired))
        try row.bind(10, Int64(clamping: totals.dropped.unstored))
        try row.bind(11, mark.ticks)
        try row.bind(12, mark.wallMs)
        try row.run()
    }

    /// Of what is there: numbers that a damaged row has made wrong are right again once the queue is empty.
    private func findOldest(_ totals: inout QueueTotals) throws(SQLiteError) {
        let (low, high) = (MessageKey.key(totals.id, 0), MessageKey.key(totals.id, MessageKey.lastSequence))
        let row = try statement("SELECT key, ticks FROM messages WHERE key BETWEEN ? AND ? ORDER BY key LIMIT 1")
        try row.bind(1, low)
        try row.bind(2, high)
        defer { row.reset() }
        guard try row.step() else {
            totals.length = 0
            totals.bytes = 0
            totals.oldestTicks = 0
            return
        }
        totals.firstSequence = MessageKey.sequence(row.integer(0))
        totals.oldestTicks = row.integer(1)
        row.reset()
        guard totals.length == 0 else { return }
        let sum = try statement("SELECT count(*), total(bytes) FROM messages WHERE key BETWEEN ? AND ?")
        try sum.bind(1, low)
        try sum.bind(2, high)
        defer { sum.reset() }
        guard try sum.step() else { return }
        totals.length = StateDatabase.size(sum.integer(0))
        totals.bytes = StateDatabase.size(sum.integer(1))
    }

    /// All queues, and the last moment that was noted with one of them.
    func loadQueues() throws(SQLiteError) -> (queues: [QueueTotals], mark: TickClock.Mark?) {
        let rows = try database.prepare(
            """
            SELECT id, endpoint, priority, length, bytes, last_sequence, next_expiry, dropped_full, dropped_expired, dropped_unstored,
                   ticks, wall
            FROM queues ORDER BY id
            """)
        var result: [QueueTotals] = []
        var mark: TickClock.Mark?
        while try rows.step() {
            let id = rows.integer(0)
            guard id > 0 && id <= MessageKey.lastQueue else {
                throw SQLiteError(damaged: "there is a queue with the number \(id)", path: path)
            }
            var totals = QueueTotals(id: id, endpoint: rows.text(1), priority: Int(clamping: rows.integer(2)))
            // A card that was in a 64-bit board may hold more than a 32-bit one counts.
            totals.length = StateDatabase.size(rows.integer(3))
            totals.bytes = StateDatabase.size(rows.integer(4))
            totals.lastSequence = min(max(0, rows.integer(5)), MessageKey.lastSequence / 2)
            totals.nextExpiry = rows.integer(6)
            totals.dropped.full = UInt64(clamping: rows.integer(7))
            totals.dropped.expired = UInt64(clamping: rows.integer(8))
            totals.dropped.unstored = UInt64(clamping: rows.integer(9))
            if rows.integer(10) >= mark?.ticks ?? 0 { mark = TickClock.Mark(ticks: rows.integer(10), wallMs: rows.integer(11)) }
            result.append(totals)
        }
        for index in result.indices { try loadEnds(&result[index]) }
        return (queues: result, mark: mark)
    }

    /// Its first and its last message, which are there for sure.
    private func loadEnds(_ totals: inout QueueTotals) throws(SQLiteError) {
        try findOldest(&totals)
        let row = try statement("SELECT max(key) FROM messages WHERE key BETWEEN ? AND ?")
        try row.bind(1, MessageKey.key(totals.id, 0))
        try row.bind(2, MessageKey.key(totals.id, MessageKey.lastSequence))
        defer { row.reset() }
        if try row.step(), !row.isNull(0) { totals.lastSequence = max(totals.lastSequence, MessageKey.sequence(row.integer(0))) }
        opened[totals.id] = totals.lastSequence
        queues[totals.id] = StoredQueue(
            totals: totals,
            expiries: ExpiryBlocks(
                first: max(1, totals.firstSequence), last: totals.length == 0 ? 0 : totals.lastSequence, earliest: totals.nextExpiry))
    }
}
