import ModuleLinks

/// Who waits for the batch that is on its way to disk.
struct Flight {
    /// What is written of each, as in the batch.
    var records: [(slot: TwinSlot, record: StateBatch.Record)] = []
    var deletions: [TwinSlot] = []
    var changes: [TwinChange] = []
    /// As in the batch.
    var cloud: [(HubError?) -> Void] = []
    var acceptances: [Acceptance] = []
    /// With messages in it: `Lane.inFlight` of each.
    var lanes: [Lane] = []
    /// As in the batch, one for each of `lanes`.
    var arrivals: [StateBatch.Arrivals] = []
    var removals: [(lane: Lane, removals: [StateBatch.Removal])] = []
    var sweeps: [Lane] = []
    /// What was too old then.
    var sweptTicks: Int64 = 0
    var drops: [Int64] = []
    var shift: Int64 = 0
}
