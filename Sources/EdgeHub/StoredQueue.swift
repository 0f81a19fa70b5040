/// A queue as the storage thread knows it, as committed.
struct StoredQueue: Sendable {
    var totals: QueueTotals
    var expiries = ExpiryBlocks()
}
