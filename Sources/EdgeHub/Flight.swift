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
    var removals: [StateBatch.Removal] = []
    /// With messages in it: `Lane.inFlight` of each.
    var lanes: [Lane] = []
}
