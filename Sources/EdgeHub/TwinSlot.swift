/// The place of one twin in the hub.
final class TwinSlot {
    /// As it is on disk: what modules and operators see.
    var committed: TwinRecord
    /// With the updates that are on their way to disk: what the next update starts from. Falls back to `committed` when storing fails.
    var current: TwinRecord
    /// It is in the hub's list of twins that go with the next batch.
    var isDirty = false
    /// Updates that somebody is told of once they are stored.
    var waiting = 0

    init(_ record: TwinRecord) {
        committed = record
        current = record
    }
}
