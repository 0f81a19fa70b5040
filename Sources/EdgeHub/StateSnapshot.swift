/// What the database held when it was opened. Messages stay on disk.
struct StateSnapshot: Sendable {
    var twins: [TwinRecord] = []
    var queues: [QueueTotals] = []
}
