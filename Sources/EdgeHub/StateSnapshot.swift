/// What the database held when it was opened. Messages, and what manifests and the cloud said, stay on disk.
struct StateSnapshot: Sendable {
    var records: [StateBatch.Record] = []
    var queues: [QueueTotals] = []
    /// The last moment of earlier runs that is known.
    var mark: TickClock.Mark?
}
