import JSON
import ModuleLinks
import SQLite

extension StateDatabase {
    /// Writes a batch in one transaction: all of it is on disk when this returns, or nothing.
    func commit(_ batch: StateBatch) -> Result<StateOutcome, HubError> {
        var touched: [Int64: StoredQueue] = [:]
        var outcome = StateOutcome()
        // By the time that counts once this is on disk.
        let mark = TickClock.Mark(ticks: batch.mark.ticks &+ batch.shift, wallMs: batch.mark.wallMs)
        do throws(SQLiteError) {
            try transaction { () throws(SQLiteError) in
                for id in batch.deletions { try deleteIdentity(id) }
                for record in batch.records { try write(record) }
                for update in batch.cloud { outcome.cloud.append(try apply(update)) }
                for removal in batch.removals { try remove(removal, &touched) }
                for sweep in batch.sweeps { try self.sweep(sweep, &touched) }
                for arrivals in batch.arrivals { try insert(arrivals, &touched) }
                for id in batch.drops { if try !drop(id) { outcome.drops.append(id) } }
                if batch.shift > 0 { try shift(batch.shift, touched) }
                for id in touched.keys { try write(id, &touched, mark) }
            }
        } catch {
            return .failure(HubError(writing: path, error))
        }
        for (id, queue) in touched { queues[id] = queue }
        for id in batch.drops { queues[id] = nil }
        for queue in touched.values { outcome.queues.append(queue.totals) }
        return .success(outcome)
    }
}
