import JSON

/// One queue on disk, in numbers. Kept in the database in the transaction that changes the queue, so that a start needs no scan.
struct QueueTotals: Sendable, Equatable {
    let id: Int64
    /// As `EndpointID.name`.
    let endpoint: Text
    let priority: Int
    var length = 0
    var bytes = 0
    /// When the oldest message came, in milliseconds since 1970; nil: there is none.
    var oldestMs: Int64?
    /// Of the newest message there was; 0: none ever.
    var lastSequence: Int64 = 0
    var dropped = DropCounts()
}
