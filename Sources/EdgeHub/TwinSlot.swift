import JSON
import ModuleIdentities
import ModuleTwins

/// The place of one identity and its twin in the hub. Its own from the identity's making to its deletion: one that is made anew has another.
final class TwinSlot {
    /// Of its rows in the database.
    let id: Int64
    /// A `ClientName`; empty: the device's own.
    let name: Text
    /// As it is on disk: what modules and operators see.
    var committed: Twin
    /// With the updates that are on their way to disk: what the next update starts from. Falls back to `committed` when storing fails.
    var current: Twin
    /// As `committed`.
    var identity: IdentityRecord
    /// As `current`.
    var currentIdentity: IdentityRecord
    /// What its client's server keeps of it; empty: nothing. As `committed`.
    var session: [UInt8] = []
    /// As `current`.
    var currentSession: [UInt8] = []
    /// What the manifest says now, until it is on disk.
    var manifest: JSONObject?
    /// It is on disk at all.
    var isStored: Bool
    /// The host itself needs it: where it could not be stored, it goes with every batch until it is, as its generation is to be kept.
    var isNeeded: Bool
    /// There are too many: it is not among the others and never stored.
    var isRefused = false
    /// It is in the hub's list of what goes with the next batch, and what of it does.
    var isDirty = false
    var isTwinDirty = false
    var isSessionDirty = false
    var isIdentityDirty = false
    var isManifestDirty = false
    /// Its deletion is on its way to disk.
    var isLeaving = false
    /// In its place once it is gone.
    var successor: TwinSlot?
    /// When its module last came or said something, by the wall clock; nil: not since the host runs.
    private(set) var lastActivityMs: Int64?
    /// What its module did since the host runs.
    var tally = ClientTally()
    /// Updates that somebody is told of once they are stored.
    var waiting = 0

    init(id: Int64, name: Text, identity: IdentityRecord, twin: Twin, isStored: Bool, isNeeded: Bool = false) {
        self.id = id
        self.name = name
        self.identity = identity
        currentIdentity = identity
        committed = twin
        current = twin
        self.isStored = isStored
        self.isNeeded = isNeeded
    }

    /// For messages.
    var path: Text { identity.identity.path }

    /// Its module has said something.
    func noteActivity(_ wallMs: Int64) { lastActivityMs = wallMs }

    /// What of it is to be written.
    /// - Parameter device: the host.
    func record(of device: Text) -> StateBatch.Record {
        let record = StateBatch.Record(
            id: id, device: device, name: name, isNew: !isStored, identity: isIdentityDirty || !isStored ? currentIdentity : nil,
            twin: isTwinDirty || !isStored ? current : nil, manifest: isManifestDirty ? manifest : nil,
            session: isSessionDirty ? currentSession : nil)
        clean()
        return record
    }

    private func clean() {
        (isDirty, isTwinDirty, isIdentityDirty, isManifestDirty, isSessionDirty) = (false, false, false, false, false)
    }

    /// What was written is on disk.
    /// - Returns: whether tokens that were good may be worth nothing now.
    func commit(_ record: StateBatch.Record) -> Bool {
        isStored = true
        if let twin = record.twin { committed = twin }
        var hasOtherKeys = false
        if let new = record.identity {
            hasOtherKeys =
                new.authentication != identity.authentication || new.primary != identity.primary || new.secondary != identity.secondary
            identity = new
        }
        if record.manifest != nil && !isManifestDirty { manifest = nil }
        if let session = record.session { self.session = session }
        return hasOtherKeys
    }

    /// Nothing of what was on its way will be on disk.
    func fallBack() {
        current = committed
        currentIdentity = identity
        currentSession = session
        manifest = nil
        clean()
    }
}
