/// The place of one twin in the hub.
final class TwinSlot {
    /// As it is on disk: what modules and operators see.
    var committed: TwinRecord
    /// With the updates that are on their way to disk: what the next update starts from. Falls back to `committed` when storing fails.
    var current: TwinRecord
    /// It is on disk at all. One that is not goes with every batch until it is: its generation id is to be kept.
    var isStored: Bool
    /// It is in the hub's list of twins that go with the next batch.
    var isDirty = false
    /// Updates that somebody is told of once they are stored.
    var waiting = 0

    init(_ record: TwinRecord, isStored: Bool) {
        committed = record
        current = record
        self.isStored = isStored
    }
}
