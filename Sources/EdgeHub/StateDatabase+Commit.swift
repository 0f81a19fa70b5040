import JSON
import Messages
import ModuleLinks
import SQLite

extension StateDatabase {
    /// Writes a batch in one transaction: all of it is on disk when this returns, or nothing.
    func commit(_ batch: StateBatch) -> Result<StateOutcome, HubError> {
        var touched: [Int64: QueueTotals] = [:]
        var outcome = StateOutcome()
        do throws(SQLiteError) {
            try transaction { () throws(SQLiteError) in
                for id in batch.deletions { try deleteIdentity(id) }
                for record in batch.records { try write(record) }
                for update in batch.cloud { outcome.cloud.append(try apply(update)) }
                for removal in batch.removals { try remove(removal, &touched) }
                for arrival in batch.arrivals { try insert(arrival, &touched) }
                for id in touched.keys { try writeTotals(id, &touched) }
            }
        } catch {
            return .failure(HubError(writing: path, error))
        }
        for totals in touched.values { queues[totals.id] = totals }
        outcome.queues = Array(touched.values)
        return .success(outcome)
    }

    private func insert(_ arrival: StateBatch.Arrival, _ touched: inout [Int64: QueueTotals]) throws(SQLiteError) {
        var totals = touched[arrival.queue.id] ?? queues[arrival.queue.id] ?? arrival.queue
        while totals.length > 0 && totals.bytes + arrival.bytes > arrival.limit {
            guard try dropOldest(&totals) else { break }
        }
        let row = try statement("INSERT INTO messages (queue, enqueued, ttl, bytes, body) VALUES (?, ?, ?, ?, ?)")
        try row.bind(1, totals.id)
        try row.bind(2, arrival.enqueuedMs)
        try row.bind(3, arrival.timeToLiveMs)
        try row.bind(4, Int64(arrival.bytes))
        try row.bind(5, MessageCodec.encode(arrival.message))
        try row.run()
        // The statement would keep the message in memory.
        try row.bindNull(5)
        totals.length += 1
        totals.bytes += arrival.bytes
        totals.lastSequence = database.lastInsertRowID
        touched[totals.id] = totals
    }

    private func dropOldest(_ totals: inout QueueTotals) throws(SQLiteError) -> Bool {
        let oldest = try statement("SELECT sequence FROM messages WHERE queue = ? ORDER BY sequence LIMIT 1")
        try oldest.bind(1, totals.id)
        defer { oldest.reset() }
        guard try oldest.step() else { return false }
        let sequence = oldest.integer(0)
        oldest.reset()
        guard try delete(sequence, &totals) else { return false }
        totals.dropped.full += 1
        return true
    }

    private func remove(_ removal: StateBatch.Removal, _ touched: inout [Int64: QueueTotals]) throws(SQLiteError) {
        guard var totals = touched[removal.queue] ?? queues[removal.queue] else { return }
        // It may have been dropped for a newer one meanwhile.
        guard try delete(removal.sequence, &totals) else { return }
        if removal.isExpired { totals.dropped.expired += 1 }
        touched[totals.id] = totals
    }

    private func delete(_ sequence: Int64, _ totals: inout QueueTotals) throws(SQLiteError) -> Bool {
        let row = try statement("DELETE FROM messages WHERE sequence = ? AND queue = ? RETURNING bytes")
        try row.bind(1, sequence)
        try row.bind(2, totals.id)
        var isThere = false
        while try row.step() {
            isThere = true
            totals.length -= 1
            totals.bytes -= Int(row.integer(0))
        }
        return isThere
    }

    private func writeTotals(_ id: Int64, _ touched: inout [Int64: QueueTotals]) throws(SQLiteError) {
        guard var totals = touched[id] else { return }
        totals.oldestMs = try oldestOf(totals)
        touched[id] = totals
        let row = try statement("INSERT OR REPLACE INTO queues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        try row.bind(1, totals.id)
        try row.bind(2, totals.endpoint)
        try row.bind(3, Int64(totals.priority))
        try row.bind(4, Int64(totals.length))
        try row.bind(5, Int64(totals.bytes))
        if let oldest = totals.oldestMs { try row.bind(6, oldest) } else { try row.bindNull(6) }
        try row.bind(7, totals.lastSequence)
        try row.bind(8, Int64(clamping: totals.dropped.full))
        try row.bind(9, Int64(clamping: totals.dropped.expired))
        try row.bind(10, Int64(clamping: totals.dropped.unstored))
        try row.run()
    }

    private func oldestOf(_ totals: QueueTotals) throws(SQLiteError) -> Int64? {
        let row = try statement("SELECT enqueued FROM messages WHERE queue = ? ORDER BY sequence LIMIT 1")
        try row.bind(1, totals.id)
        defer { row.reset() }
        return try row.step() ? row.integer(0) : nil
    }
}
