import JSON
import Messages

/// What goes to disk in one transaction.
struct StateBatch: Sendable {
    struct Arrival: Sendable {
        let queue: QueueTotals
        /// Bytes that the queue may hold; the oldest go for this one.
        let limit: Int
        let message: Message
        let bytes: Int
        let enqueuedMs: Int64
        let timeToLiveMs: Int64
    }

    struct Removal: Sendable {
        let queue: Int64
        let sequence: Int64
        /// Not delivered: too old.
        let isExpired: Bool
    }

    /// Bytes of messages in one batch, so that memory and the time of one transaction stay bounded.
    static let bytes = 1024 * 1024

    var twins: [TwinRecord] = []
    var arrivals: [Arrival] = []
    var removals: [Removal] = []

    var isEmpty: Bool { twins.isEmpty && arrivals.isEmpty && removals.isEmpty }
}
