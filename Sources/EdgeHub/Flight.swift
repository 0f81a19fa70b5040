/// Who waits for the batch that is on its way to disk.
struct Flight {
    var changes: [TwinChange] = []
    var acceptances: [Acceptance] = []
    /// Messages in it that nobody waits for.
    var removals: [StateBatch.Removal] = []
    var lanes: [Lane] = []
    /// Messages of each lane, for the count of what was not stored.
    var arrivals: [Int] = []
}
