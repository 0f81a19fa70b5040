import ModuleLinks

/// What came of a batch that is on disk.
struct StateOutcome: Sendable {
    /// The queues that it has touched.
    var queues: [QueueTotals] = []
    /// Of the queues that go, those of which there is more.
    var drops: [Int64] = []
    /// For each of `StateBatch.cloud` why it could not be; nil: it is done.
    var cloud: [HubError?] = []
}
