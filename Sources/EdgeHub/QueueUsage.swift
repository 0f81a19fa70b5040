/// What one queue has of a pool.
struct QueueUsage: Equatable {
    var bytes = 0
    /// Messages.
    var count = 0
}
