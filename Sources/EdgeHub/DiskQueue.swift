import JSON

/// The loop's view of one queue on disk.
struct DiskQueue {
    let limit: Int
    /// As of the last commit.
    var totals: QueueTotals
    /// Read from disk, not delivered yet. They stay on disk until they are.
    var window = Ring<StoredMessage>()
    /// The last message that was read.
    var cursor: Int64 = 0
    var isReading = false

    /// Whether there is more on disk than has been read.
    var hasUnread: Bool { totals.length > 0 && totals.lastSequence > cursor }
}
