import JSON

/// One queue on disk, in numbers. Kept in the database in the transaction that changes the queue, so that a start needs no scan.
struct QueueTotals: Sendable, Equatable {
    /// Nothing is too old ever.
    static let never = Int64.max

    /// 1 to `MessageKey.lastQueue`.
    let id: Int64
    /// As `EndpointID.name`.
    let endpoint: Text
    let priority: Int
    var length = 0
    var bytes = 0
    /// Of the oldest message; 0: there is none.
    var firstSequence: Int64 = 0
    /// When the oldest message came.
    var oldestTicks: Int64 = 0
    /// Of the newest message there was; 0: none ever.
    var lastSequence: Int64 = 0
    /// Nothing is too old before these ticks.
    var nextExpiry = never
    var dropped = DropCounts()

    var usage: QueueUsage { QueueUsage(bytes: bytes, count: length) }
}
