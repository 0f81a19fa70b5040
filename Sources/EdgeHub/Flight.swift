/// Who waits for the batch that is on its way to disk.
struct Flight {
    var twins: [(slot: TwinSlot, record: TwinRecord)] = []
    var changes: [TwinChange] = []
    var acceptances: [Acceptance] = []
    var removals: [StateBatch.Removal] = []
    /// With messages in it: `Lane.inFlight` of each.
    var lanes: [Lane] = []
}
